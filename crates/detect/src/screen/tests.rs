mod fields;
mod raw;
mod spelling;
