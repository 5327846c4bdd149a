#include "core/file.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "core/error.h"

namespace potstill {
namespace {

[[noreturn]] void cannot_write(const std::string& name) {
  throw Error(Code::Io, "cannot write " + name + ": " + file_error(errno));
}

}  // namespace

// In the words of lib/files/index.ts.
std::string file_error(int error) {
  switch (error) {
    case ENOSPC: return "the disk is full; free some space or choose another folder";
    case EDQUOT: return "the disk quota is used up; free some space or choose another folder";
    case EACCES:
    case EPERM: return "permission denied";
    case EROFS: return "the file system is read-only";
    case ENOENT: return "no such file or folder";
    case ENOTDIR: return "a part of the path is a file, not a folder";
    case EISDIR: return "it is a folder";
    default: return std::strerror(error);
  }
}

Descriptor::~Descriptor() {
  if (fd_ >= 0) ::close(fd_);
}

bool Descriptor::close() { return ::close(std::exchange(fd_, -1)) == 0; }

int create_file(const std::string& path, const std::string& name) {
  const int fd = ::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
  if (fd < 0) cannot_write(name);
  return fd;
}

void write_all(int fd, const void* data, size_t size, const std::string& name) {
  const char* at = static_cast<const char*>(data);
  while (size > 0) {
    const ssize_t written = ::write(fd, at, size);
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) cannot_write(name);
    at += written;
    size -= static_cast<size_t>(written);
  }
}

void start_writeback([[maybe_unused]] int fd, [[maybe_unused]] size_t offset,
                     [[maybe_unused]] size_t size) {
#if defined(__linux__)
  ::sync_file_range(fd, static_cast<off_t>(offset), static_cast<off_t>(size),
                    SYNC_FILE_RANGE_WRITE);
#endif
}

void sync_and_close(Descriptor& file, const std::string& name) {
  if (::fsync(file.get()) != 0 || !file.close()) cannot_write(name);
}

void sync_folder_of(const std::string& path) {
  const auto slash = path.rfind('/');
  const std::string folder = slash == std::string::npos ? "." : path.substr(0, slash + 1);
  Descriptor handle(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (handle.get() >= 0) ::fsync(handle.get());
}

}  // namespace potstill
