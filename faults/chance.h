// Chance that replays: whether something happens is a pure function of the run's seed, the process,
// the place, and how often it has been there. Nothing is drawn from a state, so the order in which
// threads or processes ask changes nothing.
#ifndef HONKER_FAULTS_CHANCE_H_
#define HONKER_FAULTS_CHANCE_H_

#include <cstdint>
#include <string_view>

namespace faults {

// At least 0, below 1: a fault of probability p happens where Chance(...) < p. `place` is the kind
// and the site ("drop_events libc.inotify.read"), so that two kinds at one site decide apart;
// `occurrence` counts from 1.
[[nodiscard]] double Chance(uint64_t seed, std::string_view process, std::string_view place,
                            int64_t occurrence);

}  // namespace faults

#endif  // HONKER_FAULTS_CHANCE_H_
