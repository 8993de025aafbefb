//! The attributes of a PET image that standardised uptake values are computed from.

use super::{DataSet, Tag};
use crate::model::{Date, Moment, Text, Time, Tracer, seconds, seconds_of_day};

/// What a PET image says of its tracer.
pub fn tracer(data_set: &DataSet) -> Tracer {
    let text = |tag| data_set.ascii(tag).map(Text::from).unwrap_or_default();
    let moment = |date, time| {
        let time = Time::parse(&data_set.ascii(time)?)?;
        seconds(Date::parse(&data_set.ascii(date)?)?, Some(time))
    };
    let injection = data_set.items(Tag(0x0054, 0x0016)).first();
    let injection = injection.unwrap_or(data_set);
    let whole = |text: Option<String>| {
        let Moment { date, time, .. } = Moment::parse(&text?)?;
        seconds(date, Some(time?))
    };
    let philips = data_set.block(0x7053, "Philips PET Private Group");
    let ge = data_set.block(0x0009, "GEMS_PETD_01");
    let own = |block: Option<u16>, element| Some(Tag(0x7053, block? << 8 | element));
    Tracer {
        units: text(Tag(0x0054, 0x1001)),
        suv_type: text(Tag(0x0054, 0x1006)),
        corrections: text(Tag(0x0028, 0x0051)),
        decay_correction: text(Tag(0x0054, 0x1102)),
        weight: data_set.number(Tag(0x0010, 0x1030)),
        height: data_set.number(Tag(0x0010, 0x1020)),
        sex: text(Tag(0x0010, 0x0040)),
        dose: injection.number(Tag(0x0018, 0x1074)),
        half_life: injection.number(Tag(0x0018, 0x1075)),
        injected: whole(injection.ascii(Tag(0x0018, 0x1078))),
        injected_at: injection
            .ascii(Tag(0x0018, 0x1072))
            .and_then(|text| Time::parse(&text))
            .map(seconds_of_day),
        series: moment(Tag(0x0008, 0x0021), Tag(0x0008, 0x0031)),
        acquisition: moment(Tag(0x0008, 0x0022), Tag(0x0008, 0x0032)),
        scan: ge.and_then(|block| whole(data_set.ascii(Tag(0x0009, block << 8 | 0x0D)))),
        suv_scale: own(philips, 0x00).and_then(|tag| data_set.number(tag)),
        activity_scale: own(philips, 0x09).and_then(|tag| data_set.number(tag)),
    }
}
