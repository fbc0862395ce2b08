//! The attacker in the suite: what is done is rewritten (`evade`), divided (`split`), full of secrets (`leak`) or of bulk
//! (`cost`), and the detector has to see it, keep it to itself and stay within its bounds all the same.
//!
//! What is tried follows from a number, the case. `TRAILHOUND_ADVERSARY` is how many cases each suite tries;
//! `TRAILHOUND_ADVERSARY_CASE` tries that one alone.

mod cost;
mod evade;
mod house;
mod leak;
mod random;
mod split;
