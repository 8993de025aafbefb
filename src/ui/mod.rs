//! State becomes a screen, and the loop that keeps the two in step.

mod input;
mod keyboard;
mod mouse;
mod tokens;
