// The header of the WAL-index (-shm), read without a lock.
// Format: https://www.sqlite.org/walformat.html, section 2.1, and walIndexTryHdr() of SQLite.
#ifndef CORE_WATCHER_WAL_INDEX_H_
#define CORE_WATCHER_WAL_INDEX_H_

#include <cstddef>
#include <cstdint>

namespace honker {

inline constexpr uint32_t kWalIndexVersion = 3007000;
// One region as SQLite maps it, and how much of it the two copies of the header take.
inline constexpr int kWalIndexRegionBytes = 32768;
inline constexpr size_t kWalIndexHeaderBytes = 2 * 48;

struct WalIndexHeader {
  uint32_t version = 0;
  uint32_t change = 0;     // iChange, at byte 8: one more at every commit
  uint32_t max_frame = 0;  // the last valid frame of the WAL
  uint32_t page_bytes = 0;
  uint32_t pages = 0;  // the size of the database
  // The running checksum of the last frame of the last commit. A new log goes on without it until
  // its first commit: a restart of the WAL leaves the one of the log before.
  uint32_t frame_checksum[2] = {0, 0};
  uint32_t salt[2] = {0, 0};  // as it lies in memory, and in each frame of the log
};

// Reads both copies in the order in which a writer does not write them. False where they differ or
// the checksum is wrong: a writer is at it, or died in the middle, or nobody has filled it in yet.
// `map` points at region 0; the file behind it must have kWalIndexHeaderBytes at least, or reading
// it is a SIGBUS.
bool ReadWalIndexHeader(const volatile void* map, WalIndexHeader* header);

}  // namespace honker

#endif  // CORE_WATCHER_WAL_INDEX_H_
