#include "ops/cpu/attention.h"

#include <ATen/ops/empty.h>

#include <algorithm>

#include "ops/attention.h"
#include "ops/cpu/capability.h"
#include "ops/cpu/scratch.h"
#include "ops/share.h"

namespace potstill::ops {
namespace {

// Scores of a block of queries, which the second cache holds beside what a product packs.
constexpr int64_t scores_in_cache = 32 * 1024;

const AttentionKernels& kernels() {
  return POTSTILL_FOR_CPU(attention);
}

at::Tensor with_dense_columns(const at::Tensor& t) { return t.stride(3) == 1 ? t : t.contiguous(); }

template <typename Element>
Heads<Element> heads_of(const at::Tensor& t, Element* data) {
  return {data, t.stride(0), t.stride(1), t.stride(2)};
}

Heads<const float> read(const at::Tensor& t) { return heads_of(t, t.const_data_ptr<float>()); }

Heads<float> written(const at::Tensor& t) { return heads_of(t, t.mutable_data_ptr<float>()); }

// [B, H, rows, columns] that lies as [B, rows, H, columns].
at::Tensor empty_heads(const at::Tensor& like, int64_t rows, int64_t columns) {
  return at::empty({like.size(0), rows, like.size(1), columns}, like.options()).transpose(1, 2);
}

AttentionJob job_of(const at::Tensor& query, const at::Tensor& key, const at::Tensor& value,
                    bool is_causal, double scale) {
  AttentionJob job{};
  job.heads = query.size(1);
  job.queries = query.size(2);
  job.keys = key.size(2);
  job.width = query.size(3);
  job.value_width = value.size(3);
  job.scale = static_cast<float>(scale);
  job.causal = is_causal;
  job.block = std::clamp<int64_t>(scores_in_cache / job.keys, 16, most_query_block);
  job.block = std::min(job.block, job.queries);
  job.query = read(query);
  job.key = read(key);
  job.value = read(value);
  return job;
}

void each_head(const AttentionJob& job, int64_t batch, bool backward) {
  const auto run = backward ? kernels().backward : kernels().forward;
  const auto bytes = attention_scratch(job.block, job.keys, backward) * sizeof(float);
  share(batch * job.heads, 1, [&](int64_t begin, int64_t end) {
    auto* const scratch = static_cast<float*>(thread_scratch(bytes));
    for (int64_t i = begin; i < end; ++i) run(job, i / job.heads, i % job.heads, scratch);
  });
}

}  // namespace

at::Tensor attention_forward(const at::Tensor& query, const at::Tensor& key,
                             const at::Tensor& value, bool is_causal, double scale) {
  const at::Tensor q = with_dense_columns(query), k = with_dense_columns(key),
                   v = with_dense_columns(value);
  at::Tensor output = empty_heads(q, q.size(2), v.size(3));
  AttentionJob job = job_of(q, k, v, is_causal, scale);
  job.output = written(output);
  each_head(job, q.size(0), /*backward=*/false);
  return output;
}

AttentionGradients attention_backward(const at::Tensor& grad_output, const at::Tensor& query,
                                      const at::Tensor& key, const at::Tensor& value,
                                      bool is_causal, double scale) {
  const at::Tensor q = with_dense_columns(query), k = with_dense_columns(key),
                   v = with_dense_columns(value), arriving = with_dense_columns(grad_output);
  AttentionGradients gradients{empty_heads(q, q.size(2), q.size(3)),
                               empty_heads(k, k.size(2), k.size(3)),
                               empty_heads(v, v.size(2), v.size(3))};
  AttentionJob job = job_of(q, k, v, is_causal, scale);
  job.grad_output = read(arriving);
  job.grad_query = written(gradients.query);
  job.grad_key = written(gradients.key);
  job.grad_value = written(gradients.value);
  each_head(job, q.size(0), /*backward=*/true);
  return gradients;
}

}  // namespace potstill::ops
