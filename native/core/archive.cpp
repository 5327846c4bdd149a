#include "core/archive.h"

#include <array>
#include <cstring>
#include <vector>

#include "core/error.h"

namespace potstill {
namespace {

constexpr uint32_t kLocalHeader = 0x04034b50;
constexpr uint32_t kCentralHeader = 0x02014b50;
constexpr uint32_t kEnd = 0x06054b50;
constexpr uint32_t kEnd64 = 0x06064b50;
constexpr uint32_t kEnd64Locator = 0x07064b50;
constexpr uint64_t kMostEntries = 1 << 20;

constexpr const char* kExport =
    "Export the model with PyTorch:\n"
    "  scripted = torch.jit.script(model.eval())   # or torch.jit.trace(model.eval(), example)\n"
    "  scripted.save(\"model.pt\")";

struct Entry {
  std::string name;
  uint16_t method;
  uint32_t crc;
  uint64_t size;
  uint64_t packed;
  uint64_t offset;
};

class Reader {
 public:
  Reader(std::string_view bytes, const std::string& name) : bytes_(bytes), name_(name) {}

  template <typename T>
  T at(uint64_t offset) const {
    if (offset > bytes_.size() || bytes_.size() - offset < sizeof(T)) damaged("it ends too early");
    T value;
    std::memcpy(&value, bytes_.data() + offset, sizeof(T));
    return value;
  }

  std::string_view range(uint64_t offset, uint64_t size) const {
    if (offset > bytes_.size() || bytes_.size() - offset < size) damaged("it ends too early");
    return bytes_.substr(offset, size);
  }

  [[noreturn]] void damaged(const std::string& why) const {
    throw Error(Code::ModelLoad,
                name_ + " is damaged: " + why + ". Copy or export the file again.");
  }

  uint64_t size() const { return bytes_.size(); }

 private:
  std::string_view bytes_;
  const std::string& name_;
};

uint64_t find_end(const Reader& reader) {
  if (reader.size() < 22) reader.damaged("it ends too early");
  const uint64_t last = reader.size() - 22;
  const uint64_t first = last > 0xffff ? last - 0xffff : 0;
  for (uint64_t at = last + 1; at-- > first;)
    if (reader.at<uint32_t>(at) == kEnd) return at;
  reader.damaged("the directory at its end is missing, so it was cut short");
}

std::vector<Entry> read_directory(const Reader& reader) {
  const uint64_t end = find_end(reader);
  uint64_t count = reader.at<uint16_t>(end + 10);
  uint64_t offset = reader.at<uint32_t>(end + 16);
  if (end >= 20 && reader.at<uint32_t>(end - 20) == kEnd64Locator) {
    const uint64_t end64 = reader.at<uint64_t>(end - 20 + 8);
    if (reader.at<uint32_t>(end64) != kEnd64) reader.damaged("its zip64 directory is not there");
    count = reader.at<uint64_t>(end64 + 32);
    offset = reader.at<uint64_t>(end64 + 48);
  }
  if (count > kMostEntries) reader.damaged("it claims an absurd number of entries");
  std::vector<Entry> entries;
  for (uint64_t i = 0; i < count; ++i) {
    if (reader.at<uint32_t>(offset) != kCentralHeader) reader.damaged("its directory is broken");
    const uint16_t name_size = reader.at<uint16_t>(offset + 28);
    const uint16_t extra_size = reader.at<uint16_t>(offset + 30);
    const uint16_t comment_size = reader.at<uint16_t>(offset + 32);
    Entry entry{std::string(reader.range(offset + 46, name_size)),
                reader.at<uint16_t>(offset + 10),
                reader.at<uint32_t>(offset + 16),
                reader.at<uint32_t>(offset + 24),
                reader.at<uint32_t>(offset + 20),
                reader.at<uint32_t>(offset + 42)};
    uint64_t extra = offset + 46 + name_size;
    const uint64_t extra_end = extra + extra_size;
    while (extra + 4 <= extra_end) {
      const uint16_t id = reader.at<uint16_t>(extra);
      uint64_t field = extra + 4;
      if (id == 1) {  // zip64: only the fields that did not fit, in this order
        for (uint64_t* value : {&entry.size, &entry.packed, &entry.offset})
          if (*value == 0xffffffff) {
            *value = reader.at<uint64_t>(field);
            field += 8;
          }
      }
      extra += 4 + reader.at<uint16_t>(extra + 2);
    }
    entries.push_back(std::move(entry));
    offset = extra_end + comment_size;
  }
  return entries;
}

// As they lie in the file: PyTorch deflates code of more than 200 bytes, and nothing else.
constexpr uint16_t kStored = 0;
constexpr uint16_t kDeflated = 8;

std::string_view contents(const Reader& reader, const Entry& entry) {
  if (entry.method != kStored && entry.method != kDeflated)
    reader.damaged("the entry " + entry.name + " is packed by a method that TorchScript never uses");
  if (entry.method == kStored && entry.size != entry.packed)
    reader.damaged("the entry " + entry.name + " has two sizes");
  if (reader.at<uint32_t>(entry.offset) != kLocalHeader)
    reader.damaged("the entry " + entry.name + " is not where the directory says");
  const uint64_t start = entry.offset + 30 + reader.at<uint16_t>(entry.offset + 26) +
                         reader.at<uint16_t>(entry.offset + 28);
  return reader.range(start, entry.packed);
}

bool starts_with(std::string_view text, std::string_view prefix) {
  return text.substr(0, prefix.size()) == prefix;
}

[[noreturn]] void foreign(const std::string& name, const std::string& what) {
  throw Error(Code::ModelLoad, name + " is " + what + ", not TorchScript. " + kExport);
}

void refuse_foreign(std::string_view bytes, const std::string& name) {
  using namespace std::string_view_literals;
  if (bytes.empty()) throw Error(Code::ModelLoad, name + " is empty. " + kExport);
  if (starts_with(bytes, "PK\x03\x04"sv)) return;
  if (starts_with(bytes, "\x80\x02\x8a\x0a\x6c\xfc\x9c\x46"sv))
    foreign(name, "a checkpoint in PyTorch's old format (torch.save of a state dict or module)");
  if (starts_with(bytes, "\x80"sv)) foreign(name, "a Python pickle");
  if (starts_with(bytes, "\x89HDF\r\n"sv)) foreign(name, "an HDF5 file (Keras?)");
  if (starts_with(bytes, "\x08"sv) && bytes.substr(0, 256).find("pytorch") != bytes.npos)
    foreign(name, "an ONNX file");
  if (bytes.size() > 9 && bytes[8] == '{')
    foreign(name, "a safetensors file: weights without code; load it into a module with "
                  "loadStateDict");
  if (starts_with(bytes, "\x1f\x8b"sv)) foreign(name, "a gzip file");
  foreign(name, "not a zip archive");
}

}  // namespace

uint32_t crc32(std::string_view bytes) {
  // Eight tables let one step take eight bytes: pickles of large models are megabytes.
  static const auto tables = [] {
    std::array<std::array<uint32_t, 256>, 8> result{};
    for (uint32_t i = 0; i < 256; ++i) {
      uint32_t value = i;
      for (int bit = 0; bit < 8; ++bit) value = (value >> 1) ^ (value & 1 ? 0xedb88320u : 0);
      result[0][i] = value;
    }
    for (size_t slice = 1; slice < 8; ++slice)
      for (uint32_t i = 0; i < 256; ++i)
        result[slice][i] =
            (result[slice - 1][i] >> 8) ^ result[0][result[slice - 1][i] & 0xff];
    return result;
  }();
  uint32_t crc = ~0u;
  const char* at = bytes.data();
  size_t left = bytes.size();
  for (; left >= 8; left -= 8, at += 8) {
    uint32_t low;
    uint32_t high;
    std::memcpy(&low, at, 4);
    std::memcpy(&high, at + 4, 4);
    low ^= crc;
    crc = tables[7][low & 0xff] ^ tables[6][(low >> 8) & 0xff] ^ tables[5][(low >> 16) & 0xff] ^
          tables[4][low >> 24] ^ tables[3][high & 0xff] ^ tables[2][(high >> 8) & 0xff] ^
          tables[1][(high >> 16) & 0xff] ^ tables[0][high >> 24];
  }
  for (; left > 0; --left, ++at)
    crc = (crc >> 8) ^ tables[0][(crc ^ static_cast<uint8_t>(*at)) & 0xff];
  return ~crc;
}

void check_archive(std::string_view bytes, const std::string& name) {
  refuse_foreign(bytes, name);
  const Reader reader(bytes, name);
  bool code = false;
  bool pickle = false;
  std::string pickled;
  for (const Entry& entry : read_directory(reader)) {
    const std::string_view data = contents(reader, entry);
    const auto slash = entry.name.find('/');
    const std::string inner = slash == std::string::npos ? entry.name : entry.name.substr(slash + 1);
    // Tensor records may be written without checksums; code and structure never are. Of what is
    // deflated the loader checks the sum, when it has the content.
    const bool summed = entry.method == kStored && !starts_with(inner, "data/") &&
                        !starts_with(inner, "constants/");
    if (summed && crc32(data) != entry.crc)
      reader.damaged("the entry " + entry.name + " does not match its checksum");
    code |= starts_with(inner, "code/");
    if (inner == "data.pkl") {
      pickle = true;
      pickled = std::string(data.substr(0, 4096));
    }
  }
  if (code && pickle) return;
  if (!pickle) foreign(name, "a zip archive without a model in it");
  if (pickled.find("OrderedDict") != std::string::npos &&
      pickled.find("_rebuild_tensor") != std::string::npos &&
      pickled.find("torch.nn.modules") == std::string::npos)
    foreign(name, "a state dict (torch.save(model.state_dict(), …)): weights without code");
  foreign(name, "a pickled object (torch.save(model, …)): its code stayed in Python");
}

}  // namespace potstill
