#include "core/tensor_file.h"

#include <ATen/ATen.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "core/error.h"
#include "core/file.h"
#include "core/sha256.h"

namespace potstill {
namespace {

// Hashed while it is still in the CPU's caches.
constexpr size_t kPiece = 1 << 18;

bool is_half(const at::Tensor& tensor) {
  return tensor.scalar_type() == at::kHalf || tensor.scalar_type() == at::kBFloat16;
}

[[noreturn]] void cannot_read(const std::string& path) {
  throw Error(Code::Io, "cannot read " + path + ": " + file_error(errno));
}

// Creates the file, has `fill` write to it, and puts it on the disk.
void write_file(const std::string& path, const std::string& name,
                const std::function<void(int fd)>& fill) {
  Descriptor file(create_file(path, name));
  try {
    fill(file.get());
    sync_and_close(file, name);
  } catch (...) {
    ::unlink(path.c_str());
    throw;
  }
}

// Hands the bytes of a tensor over in pieces.
void in_pieces(const at::Tensor& tensor,
               const std::function<void(const char* at, size_t size)>& take) {
  const at::Tensor plain = tensor.detach().to(at::kCPU).contiguous();
  const auto* at = static_cast<const char*>(plain.const_data_ptr());
  for (size_t left = plain.nbytes(); left > 0;) {
    const size_t size = std::min(left, kPiece);
    take(at, size);
    at += size;
    left -= size;
  }
}

}  // namespace

void write_tensors(const std::string& path, const std::string& name,
                   const std::vector<at::Tensor>& parts, const std::function<void()>& between) {
  write_file(path, name, [&](int fd) {
    size_t written = 0;
    for (const auto& part : parts) {
      in_pieces(part, [&](const char* at, size_t size) {
        write_all(fd, at, size, name);
        start_writeback(fd, written, size);
        written += size;
        between();
      });
    }
  });
}

void write_sealed(const std::string& path, const std::string& name,
                  const std::vector<at::Tensor>& parts, const std::function<void()>& between) {
  write_file(path, name, [&](int fd) {
    Sha256 hash;
    size_t written = 0;
    for (const auto& part : parts) {
      in_pieces(is_half(part) ? part.to(at::kFloat) : part, [&](const char* at, size_t size) {
        hash.update(at, size);
        write_all(fd, at, size, name);
        start_writeback(fd, written, size);
        written += size;
        between();
      });
    }
    const auto digest = hash.digest();
    write_all(fd, digest.data(), digest.size(), name);
  });
}

Sealed read_sealed(const std::string& path) {
  Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  struct stat status {};
  if (file.get() < 0 || ::fstat(file.get(), &status) != 0) cannot_read(path);
  at::Tensor bytes = at::empty({static_cast<int64_t>(status.st_size)}, at::kByte);
  auto* data = bytes.mutable_data_ptr<uint8_t>();
  const auto size = static_cast<size_t>(status.st_size);
  constexpr size_t digest_size = std::tuple_size_v<Sha256::Digest>;
  const size_t end = size < digest_size ? 0 : size - digest_size;
  Sha256 hash;
  size_t hashed = 0;
  for (size_t got = 0; got < size;) {
    const ssize_t found = ::read(file.get(), data + got, std::min(size - got, kPiece));
    if (found < 0 && errno == EINTR) continue;
    if (found < 0) cannot_read(path);
    if (found == 0) return {bytes.narrow(0, 0, static_cast<int64_t>(got)), false};
    got += static_cast<size_t>(found);
    const size_t until = std::min(got, end);
    if (until > hashed) hash.update(data + hashed, until - hashed);
    hashed = std::max(hashed, until);
  }
  if (size < digest_size) return {bytes, false};
  const auto digest = hash.digest();
  const bool intact = std::memcmp(digest.data(), data + end, digest_size) == 0;
  return {bytes.narrow(0, 0, static_cast<int64_t>(end)), intact};
}

}  // namespace potstill
