mod contests;
mod corpus;
mod histories;
mod newness;
mod windows;
mod world;
