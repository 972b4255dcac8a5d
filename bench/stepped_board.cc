#include "bench/stepped_board.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include "bench/support/program.h"

namespace bench {

SharedBoard::SharedBoard(const std::string& path) {
  const int file = open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (file < 0 || ftruncate(file, sizeof(Board)) != 0) Fail("cannot make " + path);
  void* map = mmap(nullptr, sizeof(Board), PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
  close(file);
  if (map == MAP_FAILED) Fail("cannot map " + path);
  board_ = static_cast<Board*>(map);
}

SharedBoard::~SharedBoard() { munmap(board_, sizeof(Board)); }

}  // namespace bench
