mod fields;
mod raw;
