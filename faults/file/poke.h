// poke: some bytes in the middle of a file are overwritten by a program that is not SQLite, as
// `dd conv=notrunc` or a hex editor does it. No lock is asked for, no counter moves, and what other
// processes have in their caches stays as it was until they read the page again.

#ifndef HONKER_FAULTS_FILE_POKE_H_
#define HONKER_FAULTS_FILE_POKE_H_

#include <cstdint>
#include <string>

#include "faults/file/identity.h"
#include "faults/result.h"

namespace faults {

// Writes `bytes` at `offset` and syncs. The file must exist and hold all of them already: a poke
// never makes it longer (Error ERANGE; truncate does that). Same identity and size afterwards.
//
// Opens and closes the file: ONLY in a process without SQLite connections to it, or that process
// loses all its locks on it.
[[nodiscard]] Result<SwapOutcome> Poke(const std::string& path, int64_t offset,
                                       const std::string& bytes);

// "00ff" -> two bytes. The digits have been checked by whoever parsed the fault.
[[nodiscard]] std::string BytesOfHex(const std::string& digits);

}  // namespace faults

#endif  // HONKER_FAULTS_FILE_POKE_H_
