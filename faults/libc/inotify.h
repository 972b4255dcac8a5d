// Reading file events through the preload library.
//
// A reader must neither spin nor sleep too long because of a fault. So an event that is dropped is
// taken out of the kernel's queue like any other: poll has nothing to report afterwards, a read
// that has nothing left to give fails with EAGAIN on a non-blocking descriptor and reads on, and so
// waits, on a blocking one. And an event that is held makes the descriptor readable when its time
// has come: through a watch of our own in the same instance, on a nameless file, whose event no
// reader sees. That watch and two descriptors, and one thread for the time, exist in a process from
// the first held event on.
//
// Not covered: descriptors that were duplicated, inherited or received; FIONREAD, which counts what
// the kernel has; fanotify.
#ifndef HONKER_FAULTS_LIBC_INOTIFY_H_
#define HONKER_FAULTS_LIBC_INOTIFY_H_

#include <sys/types.h>

#include <functional>

namespace faults::libc {

// Cheap; true for the descriptors that inotify_init of this process made.
[[nodiscard]] bool IsInotify(int fd);

// read(2) of one of them; `real` is the intercepted function.
[[nodiscard]] ssize_t ReadEvents(int fd, void* buffer, size_t bytes,
                                 const std::function<ssize_t(size_t)>& real);

// It is about to be closed. Nothing for other descriptors.
void ForgetInotify(int fd);

}  // namespace faults::libc

#endif  // HONKER_FAULTS_LIBC_INOTIFY_H_
