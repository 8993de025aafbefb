//! topogram.
pub mod app;
pub mod cli;
pub mod config;
pub mod dicom;
pub mod graphics;
pub mod imaging;
pub mod model;
pub mod ui;
pub mod work;
