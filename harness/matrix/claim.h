// A claim: one promise with a stable id, and the cells for which it is made.
#ifndef HARNESS_MATRIX_CLAIM_H_
#define HARNESS_MATRIX_CLAIM_H_

#include <string_view>
#include <vector>

#include "harness/matrix/cell.h"

namespace harness {

enum class ClaimKind {
  kDoc,   // honker's documentation promises it
  kMust,  // the reference core adds it
};

enum class Promise {
  kMade,           // documented here: pass is `kept`, fail is `broken`
  kRefusal,        // documented here: the subject declines at open
  kNotDocumented,  // figures only: `counted`
};

struct Claim {
  std::string_view id;
  ClaimKind kind;
  std::string_view backends;  // names separated by blanks, or "all"
  std::string_view journals;  // likewise
  std::string_view text;
};

// shm works from the WAL-index, so it declines a database in another journal mode, at open and with
// a sentence that says so (SPEC.md section 4). "" is a mode that nobody fixed.
bool RefusalIsDocumented(const std::string& backend, const std::string& journal);
// The one rule for what a subject said when it declined: any other text, there or elsewhere, is a
// promise broken.
bool IsDocumentedRefusal(const std::string& backend, const std::string& journal,
                         std::string_view text);

// The claim that refusals themselves are judged by: it is made also where every other one gives way
// to a refusal.
inline constexpr std::string_view kRefusalClaim = "WAKE-REFUSE";

// What the claim says about a cell. shm outside WAL is refused, whatever the claim (SPEC.md section
// 4).
Promise PromiseFor(const Claim& claim, const Cell& cell);

// Null where there is none.
const Claim* FindClaim(const std::vector<Claim>& claims, std::string_view id);

}  // namespace harness

#endif  // HARNESS_MATRIX_CLAIM_H_
