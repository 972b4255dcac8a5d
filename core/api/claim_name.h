// Names that nothing else has, ever: of claims and of owners of locks.
//
// (id, worker) is the key to a claim, so a worker that came back under its old name could finish a
// claim of its former life. 128 random bits from the system make that impossible, over processes,
// machines, forks and restores.
#ifndef CORE_API_CLAIM_NAME_H_
#define CORE_API_CLAIM_NAME_H_

#include <string>
#include <string_view>

namespace honker::api {

// "readable-0123456789abcdef0123456789abcdef"
std::string UniqueName(std::string_view readable);

}  // namespace honker::api

#endif  // CORE_API_CLAIM_NAME_H_
