//! How objects become text: aligned columns, tables of the server, `-o` formats.

pub mod columns;
pub mod custom_columns;
pub mod go_sort;
pub mod kyaml;
pub mod output;
pub mod table;
pub mod template;
pub mod typed;
