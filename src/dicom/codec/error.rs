//! Why one frame of encapsulated pixel data could not be decoded.

/// The largest decoded frame, in bytes; a whole-slide frame or a mammogram is far below.
pub(super) const LIMIT: u64 = 1 << 30;

/// Why a frame could not be decoded; its tags can still be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CodecError {
    /// A valid stream that uses something no decoder here knows.
    #[error("{codec} with {feature} cannot be decoded yet")]
    Unsupported {
        /// Name of the compression, as the standard writes it.
        codec: &'static str,
        /// The unknown part.
        feature: String,
    },
    /// The code stream and the data set describe different images.
    #[error("the {codec} stream has {what} {stream}, but the data set says {data_set}")]
    Mismatch {
        /// Name of the compression.
        codec: &'static str,
        /// The quantity they disagree about.
        what: &'static str,
        /// What the code stream says.
        stream: u64,
        /// What the data set says.
        data_set: u64,
    },
    /// The bytes break the rules of their own format, before any pixel could be saved.
    #[error("the {codec} stream is damaged: {what}")]
    Damaged {
        /// Name of the compression.
        codec: &'static str,
        /// The first broken rule.
        what: String,
    },
    /// What a decoder in another process says, or what became of it.
    #[error("{0}")]
    Apart(String),
    /// The frame would need more memory than a frame may have.
    #[error("the frame would need {bytes} bytes; {limit} is the most for one frame")]
    TooLarge {
        /// Size asked for.
        bytes: u64,
        /// Size allowed: one gibibyte, or less when so few compressed bytes cannot hold a frame of this size.
        limit: u64,
    },
}

/// The error for a broken stream.
pub(super) fn damaged(codec: &'static str, what: impl Into<String>) -> CodecError {
    CodecError::Damaged { codec, what: what.into() }
}

/// The error for a valid stream beyond us.
pub(super) fn unsupported(codec: &'static str, feature: impl Into<String>) -> CodecError {
    CodecError::Unsupported { codec, feature: feature.into() }
}
