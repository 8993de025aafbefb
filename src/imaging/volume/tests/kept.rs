//! How values are kept, and what is refused.

use super::*;

#[test]
fn unsigned_words_and_values_that_need_all_sixteen_bits_are_exact() {
    let two = || geometry([2, 2, 2], AXIAL, &even(2), 0.0);
    // Bytes of a volume whose first slice has this padding, and whose second one has none.
    let check = |highest: u16, padding: Option<(f64, f64)>| {
        let values = ndarray::array![[0, highest], [1, 40000]];
        let frame = Frame { padding, ..frames::of(Stored::U16(values.clone())) };
        let mut volume = Volume::new(two(), &frame, 1 << 20).unwrap();
        volume.set_slice(0, &frame).unwrap();
        volume.set_slice(1, &Frame { padding: None, ..frame }).unwrap();
        for ((row, column), value) in values.indexed_iter().map(|(at, &value)| (at, f64::from(value))) {
            let padded = padding.is_some_and(|(low, high)| (low..=high).contains(&value));
            assert_eq!(volume.at(0, row, column), (!padded).then_some(value));
            assert_eq!(volume.at(1, row, column), Some(value));
        }
        volume.bytes()
    };
    let short = check(65534, None);
    assert_eq!(check(65534, Some((0.0, 0.0))), short);
    assert_eq!(check(65534, Some((65000.0, 70000.0))), short);
    assert!(check(65535, None) > short);
    assert!(check(65535, Some((65535.0, 65535.0))) > short, "the other slice has that value");
    let signed = ndarray::array![[i16::MIN, i16::MAX], [-1, 5]];
    let mut frame = frames::of(Stored::I16(signed));
    frame.padding = Some((5.0, 5.0));
    let mut volume = Volume::new(two(), &frame, 1 << 20).unwrap();
    volume.set_slice(0, &frame).unwrap();
    assert_eq!((volume.at(0, 0, 0), volume.at(0, 1, 1)), (Some(-32768.0), None));
}

#[test]
fn tables_and_floats_become_values_too() {
    let table = crate::model::Lut { first: 0, entries: vec![7, 8, 9], bits: 16 };
    let mut frame = frames::of(Stored::I16(ndarray::array![[0, 1, 2]]));
    frame.modality_lut = ModalityLut::Table(table);
    let one = || geometry([1, 1, 3], AXIAL, &[0.0], 0.0);
    let mut volume = Volume::new(one(), &frame, 1 << 20).unwrap();
    volume.set_slice(0, &frame).unwrap();
    assert_eq!([0, 1, 2].map(|column| volume.at(0, 0, column)), [Some(7.0), Some(8.0), Some(9.0)]);

    let frame = frames::of(Stored::F64(ndarray::array![[0.5, f64::NAN, -3.25]]));
    let mut volume = Volume::new(one(), &frame, 1 << 20).unwrap();
    volume.set_slice(0, &frame).unwrap();
    assert_eq!([0, 1, 2].map(|column| volume.at(0, 0, column)), [Some(0.5), None, Some(-3.25)]);
}

#[test]
fn what_does_not_fit_is_refused_in_words_before_it_is_allocated() {
    let frame = frames::of(Stored::I16(Array2::zeros((7, 8))));
    let huge = geometry([6, 1 << 30, 1 << 30], AXIAL, &even(6), 0.0);
    assert!(matches!(Volume::new(huge, &frame, 1 << 30), Err(VolumeError::TooLarge { .. })));
    let mut volume = Volume::new(geometry([6, 7, 8], AXIAL, &even(6), 0.0), &frame, 6 * 7 * 8 * 2).unwrap();
    let floats = frames::of(Stored::F32(Array2::zeros((7, 8))));
    let refusal = volume.set_slice(0, &floats).unwrap_err();
    assert!(refusal.to_string().contains("--memory"));
    let other = volume.set_slice(1, &frames::of(Stored::I16(Array2::zeros((7, 9))))).unwrap_err();
    assert_eq!(other.to_string(), "slice 2 has 9 x 7 pixels, unlike the others");
}

proptest! {
    #[test]
    fn slices_put_into_their_slots_are_those_that_are_set(
        unsigned: bool, stored in prop::collection::vec(prop::num::i16::ANY, 12), extreme: bool,
        padding in prop::option::of((-40_000..70_000_i32, 0..3000_i32)), direct: bool,
    ) {
        let mut words = Array3::from_shape_vec([3, 2, 2], stored).unwrap();
        if extreme {
            words[(1, 0, 1)] = if unsigned { -1 } else { i16::MIN };
        }
        let padding = padding.map(|(low, more)| (f64::from(low), f64::from(low + more)));
        let frame = |slice: usize| {
            let plane = words.index_axis(ndarray::Axis(0), slice).to_owned();
            let plane = if unsigned { Stored::U16(plane.mapv(i16::cast_unsigned)) } else { Stored::I16(plane) };
            let mut frame = Frame { padding, ..frames::of(plane) };
            rescaled(slice, &mut frame);
            frame
        };
        let new = || Volume::new(geometry([3, 2, 2], AXIAL, &even(3), 0.0), &frame(0), 1 << 20).unwrap();
        let (mut set, mut slotted) = (new(), new());
        for slice in 0..3 {
            set.set_slice(slice, &frame(slice)).unwrap();
        }
        let filled: Vec<_> = slotted.slots().into_iter().map(|mut slot| {
            let frame = frame(slot.slice);
            if direct {
                let plane = words.index_axis(ndarray::Axis(0), slot.slice);
                slot.words().iter_mut().zip(plane).for_each(|(word, &value)| *word = value);
                slot.filled(&frame, !unsigned).unwrap()
            } else {
                slot.put(&frame).unwrap()
            }
        }).collect();
        for (slice, filled) in filled.iter().enumerate() {
            if !slotted.settle(filled) {
                slotted.set_slice(slice, &frame(slice)).unwrap();
            }
        }
        for at in ndarray::indices([3, 2, 2]) {
            prop_assert_eq!(set.at(at.0, at.1, at.2), slotted.at(at.0, at.1, at.2));
        }
    }
}

#[test]
fn what_does_not_fit_into_a_slot_leaves_it_empty() {
    let mut volume = small(|_, _| ());
    let slot = volume.slots().pop().unwrap();
    assert!(slot.put(&frames::of(Stored::I16(Array2::ones((7, 9))))).is_none());
    let slot = volume.slots().pop().unwrap();
    assert!(slot.put(&frames::of(Stored::F32(Array2::ones((7, 8))))).is_none());
}
