#pragma once

#include <cstddef>
#include <string>
#include <utility>

namespace potstill {

// What an errno value means to people, with what to do about it where something can be done.
std::string file_error(int error);

// An open file, closed at the end of its scope.
class Descriptor {
 public:
  explicit Descriptor(int fd) : fd_(fd) {}
  ~Descriptor();
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  int get() const { return fd_; }
  // False where what was written may be lost; errno says why.
  bool close();

 private:
  int fd_;
};

// Opens `path` for writing, empty. Error(Io); `name` stands for the file in messages.
int create_file(const std::string& path, const std::string& name);
void write_all(int fd, const void* data, size_t size, const std::string& name);
// Has the system begin to put these bytes on the disk, so that the sync at the end has little left
// to do; a hint.
void start_writeback(int fd, size_t offset, size_t size);
// Puts what was written on the disk and closes. Error(Io).
void sync_and_close(Descriptor& file, const std::string& name);
// A rename is durable only once the folder is synced; not every system can do that.
void sync_folder_of(const std::string& path);

}  // namespace potstill
