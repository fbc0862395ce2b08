mod busy;
mod contests;
mod corpus;
mod histories;
mod newness;
mod process;
mod windows;
mod world;
