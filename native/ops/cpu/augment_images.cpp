#include "ops/augment_images.h"

#include <ATen/Functions.h>
#include <torch/library.h>

#include <algorithm>
#include <array>
#include <vector>

#include "ops/counter_random.h"
#include "ops/optional_tensor.h"
#include "ops/share.h"

namespace potstill::ops {
namespace {

// What a random number is for; part of its counter, so that no two choices share one.
enum class Purpose : uint32_t { Crop = 0, Shift = 1, Flip = 2, Cutout = 3 };

struct Geometry {
  int64_t channels, height, width;
  int64_t plane() const { return height * width; }
};

struct Augmentation {
  int64_t shift, crop_padding, cutout;
  bool flip;
  uint64_t seed, epoch;

  std::array<uint32_t, 4> random(int64_t id, Purpose purpose) const {
    const auto sample = static_cast<uint64_t>(id);
    return philox4x32({static_cast<uint32_t>(sample), static_cast<uint32_t>(sample >> 32),
                       static_cast<uint32_t>(epoch), static_cast<uint32_t>(purpose)},
                      {static_cast<uint32_t>(seed), static_cast<uint32_t>(seed >> 32)});
  }
};

// One axis of crop followed by shift: output position i in [begin, end) shows input position
// i + offset, every other position the padding.
struct Axis {
  int64_t begin, end, offset;
};

Axis make_axis(int64_t size, int64_t crop, int64_t shift) {
  const int64_t begin = std::clamp<int64_t>(std::max({int64_t{0}, shift, shift - crop}), 0, size);
  const int64_t end = std::min({size, size + shift, size + shift - crop});
  return {begin, std::max(begin, end), crop - shift};
}

// A raw pixel to its normalized value. 256 possible bytes are worth a table: it does the divisions
// once and gives the very bits of (value / 255 - mean) / std.
class ByteChannel {
 public:
  using Pixel = uint8_t;
  ByteChannel(float mean, float std) {
    for (int value = 0; value < 256; ++value) {
      table_[value] = (static_cast<float>(value) / 255.0F - mean) / std;
    }
  }
  float operator()(uint8_t value) const { return table_[value]; }

 private:
  std::array<float, 256> table_;
};

class FloatChannel {
 public:
  using Pixel = float;
  FloatChannel(float mean, float std) : mean_(mean), std_(std) {}
  float operator()(float value) const { return (value - mean_) / std_; }

 private:
  float mean_, std_;
};

template <typename Channel>
void copy_plane(const typename Channel::Pixel* input, float* output, int64_t pixels,
                const Channel& channel) {
  for (int64_t i = 0; i < pixels; ++i) output[i] = channel(input[i]);
}

template <typename Channel>
void move_plane(const typename Channel::Pixel* input, float* output, const Geometry& geometry,
                const Axis& rows, const Axis& columns, bool mirrored, const Channel& channel) {
  const int64_t width = geometry.width;
  const float padding = channel(0);
  for (int64_t y = 0; y < geometry.height; ++y, output += width) {
    if (y < rows.begin || y >= rows.end) {
      std::fill_n(output, width, padding);
      continue;
    }
    const auto* source = input + (y + rows.offset) * width + columns.offset;
    if (mirrored) {
      std::fill(output, output + (width - columns.end), padding);
      for (int64_t x = columns.begin; x < columns.end; ++x) {
        output[width - 1 - x] = channel(source[x]);
      }
      std::fill(output + (width - columns.begin), output + width, padding);
    } else {
      std::fill(output, output + columns.begin, padding);
      for (int64_t x = columns.begin; x < columns.end; ++x) output[x] = channel(source[x]);
      std::fill(output + columns.end, output + width, padding);
    }
  }
}

void cut_out(float* output, const Geometry& geometry, const Augmentation& augmentation,
             int64_t id) {
  const auto words = augmentation.random(id, Purpose::Cutout);
  const int64_t half = augmentation.cutout / 2;
  const int64_t top = scale_below(words[0], geometry.height) - half;
  const int64_t left = scale_below(words[1], geometry.width) - half;
  const int64_t first_row = std::max<int64_t>(top, 0);
  const int64_t last_row = std::min(top + augmentation.cutout, geometry.height);
  const int64_t first = std::max<int64_t>(left, 0);
  const int64_t last = std::min(left + augmentation.cutout, geometry.width);
  for (int64_t c = 0; c < geometry.channels; ++c, output += geometry.plane()) {
    for (int64_t y = first_row; y < last_row; ++y) {
      std::fill(output + y * geometry.width + first, output + y * geometry.width + last, 0.0F);
    }
  }
}

template <typename Channel>
void augment_sample(const typename Channel::Pixel* input, float* output, const Geometry& geometry,
                    const std::vector<Channel>& channels, const Augmentation& augmentation,
                    int64_t id) {
  int64_t crop_y = 0, crop_x = 0, shift_y = 0, shift_x = 0;
  if (const int64_t padding = augmentation.crop_padding; padding > 0) {
    const auto words = augmentation.random(id, Purpose::Crop);
    crop_y = scale_below(words[0], 2 * padding + 1) - padding;
    crop_x = scale_below(words[1], 2 * padding + 1) - padding;
  }
  if (const int64_t shift = augmentation.shift; shift > 0) {
    const auto words = augmentation.random(id, Purpose::Shift);
    shift_y = scale_below(words[0], 2 * shift + 1) - shift;
    shift_x = scale_below(words[1], 2 * shift + 1) - shift;
  }
  const bool mirrored = augmentation.flip && (augmentation.random(id, Purpose::Flip)[0] >> 31) != 0;
  const Axis rows = make_axis(geometry.height, crop_y, shift_y);
  const Axis columns = make_axis(geometry.width, crop_x, shift_x);
  for (int64_t c = 0; c < geometry.channels; ++c) {
    move_plane(input + c * geometry.plane(), output + c * geometry.plane(), geometry, rows, columns,
               mirrored, channels[c]);
  }
  if (augmentation.cutout > 0) cut_out(output, geometry, augmentation, id);
}

template <typename Channel>
void run_batch(const at::Tensor& images, const int64_t* rows, const int64_t* ids,
               at::Tensor& output, const Geometry& geometry, at::ArrayRef<double> mean,
               at::ArrayRef<double> std, const Augmentation* augmentation) {
  std::vector<Channel> channels;
  channels.reserve(geometry.channels);
  for (int64_t c = 0; c < geometry.channels; ++c) {
    const auto pick = [c](at::ArrayRef<double> values, double fallback) {
      if (values.empty()) return static_cast<float>(fallback);
      return static_cast<float>(values.size() == 1 ? values[0] : values[c]);
    };
    channels.emplace_back(pick(mean, 0.0), pick(std, 1.0));
  }
  const auto* input = images.const_data_ptr<typename Channel::Pixel>();
  auto* result = output.mutable_data_ptr<float>();
  const int64_t pixels = geometry.channels * geometry.plane();
  // Waking a second thread costs more than a quarter of a million pixels.
  const int64_t grain = std::max<int64_t>(1, (int64_t{1} << 18) / std::max<int64_t>(pixels, 1));
  share(output.size(0), grain, [&](int64_t begin, int64_t end) {
    for (int64_t i = begin; i < end; ++i) {
      const auto* source = input + rows[i] * pixels;
      float* target = result + i * pixels;
      if (augmentation != nullptr) {
        augment_sample(source, target, geometry, channels, *augmentation, ids[i]);
        continue;
      }
      for (int64_t c = 0; c < geometry.channels; ++c) {
        copy_plane(source + c * geometry.plane(), target + c * geometry.plane(), geometry.plane(),
                   channels[c]);
      }
    }
  });
}

void check_constants(const char* name, at::ArrayRef<double> values, int64_t channels) {
  TORCH_CHECK_VALUE(
      values.empty() || values.size() == 1 || static_cast<int64_t>(values.size()) == channels,
      "augment_images: ", name, " has ", values.size(), " entries for images of ", channels,
      " channels; give none, one, or one per channel");
}

at::Tensor empty_output(const at::Tensor& images, const at::Tensor& indices) {
  TORCH_CHECK_VALUE(images.dim() == 3 || images.dim() == 4,
                    "augment_images: images must be [N, H, W] or [N, C, H, W], got a shape of ",
                    images.dim(), " dimensions");
  TORCH_CHECK_TYPE(images.scalar_type() == at::kByte || images.scalar_type() == at::kFloat,
                   "augment_images: images must have dtype uint8 or float32, got ",
                   images.scalar_type());
  TORCH_CHECK_TYPE(indices.scalar_type() == at::kLong && indices.dim() == 1,
                   "augment_images: indices must be [B] of dtype int64, got ",
                   indices.scalar_type(), " with ", indices.dim(), " dimensions");
  const auto channels = images.dim() == 4 ? images.sym_size(1) : c10::SymInt(1);
  return at::empty_symint({indices.sym_size(0), channels, images.sym_size(-2), images.sym_size(-1)},
                          images.options().dtype(at::kFloat).requires_grad(false));
}

at::Tensor augment_images_meta(const at::Tensor& images, const at::Tensor& indices,
                               at::ArrayRef<double>, at::ArrayRef<double>, bool, int64_t, bool,
                               int64_t, int64_t, int64_t, int64_t,
                               const std::optional<at::Tensor>&) {
  return empty_output(images, indices);
}

}  // namespace

at::Tensor augment_images_cpu(const at::Tensor& images, const at::Tensor& indices,
                              at::ArrayRef<double> mean, at::ArrayRef<double> std, bool augment,
                              int64_t shift, bool flip, int64_t crop_padding, int64_t cutout,
                              int64_t seed, int64_t epoch, const std::optional<at::Tensor>& ids) {
  at::Tensor output = empty_output(images, indices);
  const Geometry geometry{output.size(1), output.size(2), output.size(3)};
  check_constants("mean", mean, geometry.channels);
  check_constants("std", std, geometry.channels);
  for (const double value : std) {
    TORCH_CHECK_VALUE(value > 0, "augment_images: std must be above 0, got ", value);
  }
  constexpr int64_t most = int64_t{1} << 20;
  TORCH_CHECK_VALUE(shift >= 0 && shift <= most && crop_padding >= 0 && crop_padding <= most &&
                        cutout >= 0 && cutout <= most,
                    "augment_images: shift, crop_padding and cutout are pixels, 0 or above; got ",
                    shift, ", ", crop_padding, ", ", cutout);
  TORCH_CHECK_VALUE(epoch >= 0 && epoch < (int64_t{1} << 32),
                    "augment_images: epoch must be in [0, 2^32), got ", epoch);

  const at::Tensor rows = indices.contiguous();
  const auto* row = rows.const_data_ptr<int64_t>();
  for (int64_t i = 0; i < rows.numel(); ++i) {
    TORCH_CHECK_INDEX(row[i] >= 0 && row[i] < images.size(0), "augment_images: index ", row[i],
                      " at position ", i, " is out of bounds for ", images.size(0), " images");
  }
  at::Tensor names = rows;
  if (is_present(ids)) {
    TORCH_CHECK_TYPE(ids->scalar_type() == at::kLong && ids->sizes() == rows.sizes(),
                     "augment_images: ids must be int64 of the shape of indices, ", rows.sizes(),
                     ", got ", ids->scalar_type(), " ", ids->sizes());
    names = ids->contiguous();
  }
  if (output.numel() == 0) return output;

  // Scattered images are gathered first: copying the batch, never the whole data set.
  const bool gathered = !images.is_contiguous();
  const at::Tensor pixels = gathered ? images.detach().index_select(0, rows).contiguous() : images;
  const at::Tensor order = gathered ? at::arange(rows.numel(), rows.options()) : rows;

  const Augmentation augmentation{
      shift, crop_padding, cutout, flip, static_cast<uint64_t>(seed), static_cast<uint64_t>(epoch)};
  const bool changes = augment && (shift > 0 || flip || crop_padding > 0 || cutout > 0);
  const Augmentation* chosen = changes ? &augmentation : nullptr;
  const auto* position = order.const_data_ptr<int64_t>();
  const auto* id = names.const_data_ptr<int64_t>();
  if (images.scalar_type() == at::kByte) {
    run_batch<ByteChannel>(pixels, position, id, output, geometry, mean, std, chosen);
  } else {
    run_batch<FloatChannel>(pixels, position, id, output, geometry, mean, std, chosen);
  }
  return output;
}

TORCH_LIBRARY_IMPL(potstill, CPU, m) { m.impl("augment_images", &augment_images_cpu); }

TORCH_LIBRARY_IMPL(potstill, Meta, m) { m.impl("augment_images", &augment_images_meta); }

}  // namespace potstill::ops
