#include "faults/file/copy_over.h"

#include <cerrno>

#include "faults/file/posix.h"

namespace faults {
namespace {

// The file format, sections 1.3.8 and 1.3.20: SQLite writes the same number to both.
constexpr int64_t kChangeCounter = 24;
constexpr int64_t kVersionValidFor = 92;
constexpr size_t kHeaderBytes = 100;

// The content in a scratch file, with the counter of the database.
Status CopyWithSameCounter(const CopyOverOptions& options) {
  std::string header;
  for (const std::string& path : {options.content, options.database}) {
    auto read = ReadStart(path, kHeaderBytes);
    if (!read.ok()) return read.error();
    header = std::move(read).value();
    if (header.size() < kHeaderBytes || header.compare(0, 15, "SQLite format 3") != 0) {
      return Error{"copy_over with the same counter", path, 0, "this is no database file"};
    }
  }
  const std::string counter = header.substr(kChangeCounter, 4);
  const std::string scratch = ScratchNameBeside(options.content);
  Status status = CopyToNewFile(options.content, scratch);
  for (const int64_t offset : {kChangeCounter, kVersionValidFor}) {
    if (status.ok()) status = WriteInside(scratch, offset, counter);
  }
  if (status.ok()) status = CopyOverExisting(scratch, options.database);
  (void)RemoveIfThere(scratch);
  return status;
}

}  // namespace

Result<SwapOutcome> CopyOver(const CopyOverOptions& options) {
  for (const std::string& path : {options.database, options.content}) {
    const auto identity = IdentityOf(path);
    if (!identity.ok()) return identity.error();
    if (!identity.value().exists) return Error{"copy_over", path, ENOENT, ""};
  }
  const auto before = IdentityOf(options.database);
  if (!before.ok()) return before.error();
  if (Status planned = ApplySidecarPlan(options.database, options.sidecars); !planned.ok()) {
    return planned.error();
  }
  const Status copied = options.same_counter ? CopyWithSameCounter(options)
                                             : CopyOverExisting(options.content, options.database);
  if (!copied.ok()) return copied.error();
  const auto after = IdentityOf(options.database);
  if (!after.ok()) return after.error();
  return SwapOutcome{before.value(), after.value()};
}

}  // namespace faults
