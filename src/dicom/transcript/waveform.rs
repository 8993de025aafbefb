//! Waveforms (PS3.3 C.10.9): samples become values in their units, channel by channel.

use super::{
    super::{Source, Value, dataset::little},
    draft::Draft,
    page::Page,
    report::short,
};
use crate::model::Curve;

/// Bytes of samples of one group that are read: ten hours of twelve leads are 430 MB, a day's report is not.
const MOST_BYTES: usize = 64 << 20;
/// Channels of one group.
const MOST_CHANNELS: usize = 256;

pub(super) fn write(page: &Page<'_>, source: &Source, draft: &mut Draft) {
    let mut left = MOST_BYTES;
    for (number, group) in page.items("WaveformSequence").enumerate() {
        let label = group.text("MultiplexGroupLabel").unwrap_or_default();
        draft.heading(&format!("Group {}", number + 1), &label, group.secret("MultiplexGroupLabel"));
        draft.within(|draft| write_group(&group, source, &mut left, draft));
    }
    for note in page.items("WaveformAnnotationSequence") {
        annotate(&note, draft);
    }
}

fn annotate(page: &Page<'_>, draft: &mut Draft) {
    let name = page.code("ConceptNameCodeSequence").unwrap_or_default();
    if let Some(text) = page.whole("UnformattedTextValue") {
        let label = if name.is_empty() { "Annotation" } else { &name };
        return draft.text(label, &text, page.secret("UnformattedTextValue"));
    }
    if let Some(number) = page.text("NumericValue") {
        let unit = page.item("MeasurementUnitsCodeSequence").and_then(|unit| unit.text("CodeValue"));
        let unit = unit.filter(|unit| unit != "1").unwrap_or_default();
        draft.line(&name, format!("{number} {unit}").trim(), None);
    } else {
        draft.code(page, &name, "ConceptCodeSequence");
    }
}

fn write_group(page: &Page<'_>, source: &Source, left: &mut usize, draft: &mut Draft) {
    let count = |keyword| page.integer(keyword).and_then(|count| usize::try_from(count).ok()).unwrap_or(0);
    let (channels, samples) = (count("NumberOfWaveformChannels"), count("NumberOfWaveformSamples"));
    let rate = page.number("SamplingFrequency").filter(|rate| *rate > 0.0 && rate.is_finite());
    let Some(rate) = rate else { return draft.note("has waveforms without a sampling frequency".to_owned()) };
    let seconds = short(samples as f64 / rate);
    draft.line(
        "Extent",
        &format!("{channels} channels of {samples} samples, {} Hz, {seconds} s", short(rate)),
        None,
    );
    let Some(sample) = Sample::of(page) else {
        let kind = page.word("WaveformSampleInterpretation");
        return draft.note(format!("has waveforms whose samples are \"{kind:.16}\", which cannot be read"));
    };
    if channels == 0 || channels > MOST_CHANNELS {
        return draft.note(format!("has a waveform of {channels} channels, which is not shown"));
    }
    let frame = channels * sample.size;
    let wanted = samples.saturating_mul(frame);
    let bytes = bytes(page, source, wanted.min(*left / frame * frame));
    *left -= bytes.len().min(*left);
    if bytes.len() < wanted {
        draft.note(format!(
            "has {} of {samples} waveform samples, or more than are read",
            bytes.len() / frame
        ));
    }
    let padding = page.element("WaveformPaddingValue").and_then(|element| match &element.value {
        Value::Bytes(bytes) => sample.read(bytes),
        _ => None,
    });
    for (at, channel) in page.items("ChannelDefinitionSequence").take(channels).enumerate() {
        let raw = bytes.chunks_exact(frame).filter_map(|frame| sample.read(&frame[at * sample.size..]));
        write_channel(&channel, at, raw, padding, rate, draft);
    }
}

/// The loaded bytes, or as many of the file's as are wanted; always whole as far as they go.
fn bytes(page: &Page<'_>, source: &Source, wanted: usize) -> Vec<u8> {
    let Some(element) = page.element("WaveformData") else { return vec![] };
    match &element.value {
        Value::Bytes(bytes) => bytes[..wanted.min(bytes.len())].to_vec(),
        Value::Bulk(_) => {
            let length = element.header.length.map_or(0, |length| length as usize);
            let bytes = source.read(element.header.value, wanted.min(length)).unwrap_or_default();
            little(bytes, element.vr, element.header.encoding)
        }
        _ => vec![],
    }
}

fn write_channel(
    page: &Page<'_>,
    at: usize,
    raw: impl Iterator<Item = f64>,
    padding: Option<f64>,
    rate: f64,
    draft: &mut Draft,
) {
    let label = page
        .text("ChannelLabel")
        .or_else(|| page.code("ChannelSourceSequence"))
        .unwrap_or_else(|| format!("Channel {}", at + 1));
    let unit = page.item("ChannelSensitivityUnitsSequence").and_then(|unit| unit.text("CodeValue"));
    // Without a sensitivity the values have no unit (PS3.3 C.10.9.1.4.2).
    let sensitivity = page.number("ChannelSensitivity");
    let factor =
        sensitivity.unwrap_or(1.0) * page.number("ChannelSensitivityCorrectionFactor").unwrap_or(1.0);
    let baseline = page.number("ChannelBaseline").unwrap_or(0.0);
    let value = |raw: f64| if Some(raw) == padding { f32::NAN } else { (raw * factor + baseline) as f32 };
    let curve = Curve {
        samples: raw.map(value).collect(),
        unit: unit.filter(|_| sensitivity.is_some()).unwrap_or_default().into(),
        step: 1.0 / rate,
        step_unit: "s",
    };
    let range = curve.range().map(|(least, most)| {
        let (least, most) = (short(f64::from(least)), short(f64::from(most)));
        format!("{least} to {most} {}", curve.unit)
    });
    draft.curve(&label, range.unwrap_or_default().trim(), curve);
}

/// How one sample is written (PS3.3 C.10.9.1.5).
#[derive(Debug, Clone, Copy)]
struct Sample {
    size: usize,
    signed: bool,
    law: Option<Law>,
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum Law {
    Mu,
    A,
}

impl Sample {
    fn of(page: &Page<'_>) -> Option<Self> {
        let (size, signed, law) = match page.word("WaveformSampleInterpretation").as_str() {
            "SB" => (1, true, None),
            "UB" => (1, false, None),
            "MB" => (1, false, Some(Law::Mu)),
            "AB" => (1, false, Some(Law::A)),
            "SS" => (2, true, None),
            "US" => (2, false, None),
            "SL" => (4, true, None),
            "UL" => (4, false, None),
            "SV" => (8, true, None),
            "UV" => (8, false, None),
            _ => return None,
        };
        Some(Self { size, signed, law })
    }

    /// The first sample of these bytes, little endian.
    fn read(self, bytes: &[u8]) -> Option<f64> {
        let bytes = bytes.get(..self.size)?;
        let mut whole = [if self.signed && bytes[self.size - 1] & 0x80 != 0 { 0xff } else { 0 }; 8];
        whole[..self.size].copy_from_slice(bytes);
        Some(match self.law {
            Some(Law::Mu) => f64::from(mu_law(bytes[0])),
            Some(Law::A) => f64::from(a_law(bytes[0])),
            None if self.signed => i64::from_le_bytes(whole) as f64,
            None => u64::from_le_bytes(whole) as f64,
        })
    }
}

/// ITU-T G.711: eight bits for fourteen.
fn mu_law(byte: u8) -> i16 {
    let byte = !byte;
    let magnitude = ((i16::from(byte & 0x0f) << 3) + 0x84) << ((byte >> 4) & 7);
    if byte & 0x80 == 0 { magnitude - 0x84 } else { 0x84 - magnitude }
}

/// ITU-T G.711: eight bits for thirteen.
fn a_law(byte: u8) -> i16 {
    let byte = byte ^ 0x55;
    let (exponent, step) = ((byte >> 4) & 7, i16::from(byte & 0x0f) << 4);
    let magnitude = match exponent {
        0 => step + 8,
        exponent => (step + 0x108) << (exponent - 1),
    };
    if byte & 0x80 == 0 { -magnitude } else { magnitude }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn samples_of_every_width_keep_their_sign() {
        let read = |size, signed, bytes: &[u8]| Sample { size, signed, law: None }.read(bytes);
        assert_eq!(read(1, true, &[0xff]), Some(-1.0));
        assert_eq!(read(1, false, &[0xff]), Some(255.0));
        assert_eq!(read(2, true, &[0xfe, 0xff, 9]), Some(-2.0));
        assert_eq!(read(4, true, &[0, 0, 0, 0x80]), Some(-2_147_483_648.0));
        assert_eq!(read(4, false, &[0, 0, 0]), None);
    }

    #[test]
    fn companded_samples_are_symmetric_about_nought() {
        assert_eq!((mu_law(0xff), mu_law(0x7f), mu_law(0x00), mu_law(0x80)), (0, 0, -32124, 32124));
        assert_eq!((a_law(0xd5), a_law(0x55), a_law(0xaa), a_law(0x2a)), (8, -8, 32256, -32256));
    }
}
