// SPDX-License-Identifier: Apache-2.0
#include "control/kill_points.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdarg>

namespace {

unsigned calls_left = 0;

void fault_point() {
  if (calls_left != 0 && --calls_left == 0) ::_exit(sekisho::test::killed);
}

}  // namespace

namespace sekisho::test {

void kill_at_call(unsigned n) { calls_left = n; }

}  // namespace sekisho::test

extern "C" {

ssize_t __real_write(int file, const void* bytes, size_t count);
int __real_fdatasync(int file);
int __real_fsync(int file);
int __real_open(const char* path, int flags, ...);
int __real_rename(const char* from, const char* to);
int __real_unlink(const char* path);
int __real_chmod(const char* path, mode_t mode);

ssize_t __wrap_write(int file, const void* bytes, size_t count) {
  fault_point();
  if (calls_left == 1 && count > 1) __real_write(file, bytes, count / 2);
  fault_point();
  return __real_write(file, bytes, count);
}
int __wrap_fdatasync(int file) {
  fault_point();
  return __real_fdatasync(file);
}
int __wrap_fsync(int file) {
  fault_point();
  return __real_fsync(file);
}
int __wrap_open(const char* path, int flags, ...) {
  va_list more;
  va_start(more, flags);
  const mode_t mode = (flags & O_CREAT) != 0 ? va_arg(more, mode_t) : 0;
  va_end(more);
  fault_point();
  return __real_open(path, flags, mode);
}
int __wrap_rename(const char* from, const char* to) {
  fault_point();
  return __real_rename(from, to);
}
int __wrap_unlink(const char* path) {
  fault_point();
  return __real_unlink(path);
}
int __wrap_chmod(const char* path, mode_t mode) {
  fault_point();
  return __real_chmod(path, mode);
}

}  // extern "C"
