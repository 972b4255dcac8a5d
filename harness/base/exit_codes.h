// What honker-harness exits with (docs/contracts.md, "Exit codes"), and honker-actor where it has
// the same to say.
#ifndef HARNESS_BASE_EXIT_CODES_H_
#define HARNESS_BASE_EXIT_CODES_H_

namespace harness {

inline constexpr int kExitAsExpected = 0;
inline constexpr int kExitBroken = 1;  // or changed, or the subject crashed before the first cell
inline constexpr int kExitUnknown = 2;
inline constexpr int kExitNothingSelected = 4;
inline constexpr int kExitUsage = 64;
inline constexpr int kExitUnavailable = 69;  // a package, or the SQLite that was asked for
inline constexpr int kExitSoftware = 70;     // the harness failed
inline constexpr int kExitInterrupted = 130;

}  // namespace harness

#endif  // HARNESS_BASE_EXIT_CODES_H_
