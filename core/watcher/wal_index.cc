#include "core/watcher/wal_index.h"

#include <atomic>
#include <cstring>

namespace honker {
namespace {

constexpr int kWords = 12;

// Word by word and atomic: writers are other processes, or other threads of this one.
void Copy(const volatile uint32_t* from, uint32_t (&to)[kWords]) {
  for (int i = 0; i < kWords; ++i) to[i] = __atomic_load_n(from + i, __ATOMIC_RELAXED);
}

// SQLite's checksum over the first ten words, in the byte order of this machine, as in
// walChecksumBytes().
bool ChecksumHolds(const uint32_t (&words)[kWords]) {
  uint32_t s1 = 0;
  uint32_t s2 = 0;
  for (int i = 0; i < 10; i += 2) {
    s1 += words[i] + s2;
    s2 += words[i + 1] + s1;
  }
  return s1 == words[10] && s2 == words[11];
}

}  // namespace

bool ReadWalIndexHeader(const volatile void* map, WalIndexHeader* header) {
  const auto* words = static_cast<const volatile uint32_t*>(map);
  uint32_t first[kWords];
  uint32_t second[kWords];
  // Writers fill the second copy first.
  Copy(words, first);
  std::atomic_thread_fence(std::memory_order_acquire);
  Copy(words + kWords, second);
  if (std::memcmp(first, second, sizeof first) != 0 || !ChecksumHolds(first)) return false;
  if (first[0] == 0) return false;  // all zero has the right checksum, and says nothing
  header->version = first[0];
  header->change = first[2];
  header->max_frame = first[4];
  // 16 bits, at byte 14, in the byte order of this machine; 1 stands for 65536.
  uint16_t page_size = 0;
  std::memcpy(&page_size, reinterpret_cast<const char*>(first) + 14, sizeof page_size);
  header->page_bytes = (page_size & 0xFE00U) + ((page_size & 1U) << 16);
  header->pages = first[5];
  header->frame_checksum[0] = first[6];
  header->frame_checksum[1] = first[7];
  header->salt[0] = first[8];
  header->salt[1] = first[9];
  return true;
}

}  // namespace honker
