//! Real files against the answers of other decoders, where the corpus is at hand.
//!
//! The folder is named by `TOPOGRAM_CORPUS`, or lies beside the checkout in `../shared/corpus`. Without it
//! every test here says so and passes.

mod findings;
mod pixels;
mod reference;
mod tree;
mod volumes;
