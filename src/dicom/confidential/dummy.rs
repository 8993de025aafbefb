//! Values that mean nothing, each valid for its representation.

use super::super::Vr;

/// The dummy value of a representation; `None` for a sequence, whose leaves have theirs.
pub(super) fn dummy(vr: Vr) -> Option<&'static [u8]> {
    Some(match vr {
        Vr::SQ => return None,
        Vr::AE | Vr::CS | Vr::LO | Vr::LT | Vr::PN | Vr::SH | Vr::ST | Vr::UC | Vr::UT => b"REMOVED ",
        Vr::UR => b"urn:removed ",
        Vr::AS => b"000Y",
        Vr::DA => b"19000101",
        Vr::DT => b"19000101000000",
        Vr::TM => b"000000",
        Vr::DS | Vr::IS => b"0 ",
        Vr::UI => b"2.25.0",
        Vr::US | Vr::SS | Vr::OW | Vr::OB | Vr::UN => &[0; 2],
        Vr::AT | Vr::UL | Vr::SL | Vr::FL | Vr::OF | Vr::OL => &[0; 4],
        Vr::FD | Vr::OD | Vr::UV | Vr::SV | Vr::OV => &[0; 8],
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_dummy_has_an_even_length_and_only_sequences_have_none() {
        for &vr in Vr::ALL {
            assert_eq!(dummy(vr).is_none(), vr == Vr::SQ);
            assert!(dummy(vr).is_none_or(|value| value.len() % 2 == 0 && !value.is_empty()), "{vr}");
        }
    }
}
