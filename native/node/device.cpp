#include "core/device.h"

#include <functional>
#include <memory>
#include <vector>

#include "core/uploads.h"
#include "node/convert.h"
#include "node/exports.h"
#include "node/job.h"

namespace potstill::node {
namespace {

int index_argument(Call& call, size_t position) { return static_cast<int>(call.number(position)); }

napi_value device_list(Call& call) {
  return to_array(call.env, device_names(),
                  [&](const std::string& name) { return to_js(call.env, name); });
}

// The index of a CUDA device by name: its own, or that of the current one.
napi_value device_index(Call& call) {
  const c10::Device device = parse_device(call.string(0));
  if (!device.is_cuda()) return call.number_value(-1);
  return call.number_value(device.has_index() ? device.index() : 0);
}

napi_value cuda_memory(Call& call) {
  const DeviceMemory memory = device_memory(index_argument(call, 0));
  const auto number = [&](int64_t value) {
    return call.number_value(static_cast<double>(value));
  };
  return to_object(call.env, {{"allocated", number(memory.allocated)},
                              {"peakAllocated", number(memory.peak_allocated)},
                              {"reserved", number(memory.reserved)},
                              {"peakReserved", number(memory.peak_reserved)},
                              {"free", number(memory.free)},
                              {"total", number(memory.total)}});
}

napi_value cuda_reset_peak(Call& call) {
  reset_peak_memory(index_argument(call, 0));
  return call.undefined();
}

napi_value cuda_empty_cache(Call& call) {
  empty_device_cache();
  return call.undefined();
}

napi_value cuda_tf32(Call& call) {
  const Tf32 allowed = tf32();
  return to_object(call.env, {{"products", call.boolean_value(allowed.products)},
                              {"convolutions", call.boolean_value(allowed.convolutions)}});
}

napi_value cuda_allow_tf32(Call& call) {
  allow_tf32({call.boolean(0), call.boolean(1)});
  return call.undefined();
}

napi_value cuda_refuse_waiting(Call& call) {
  refuse_waiting(call.boolean(0));
  return call.undefined();
}

napi_value cuda_properties(Call& call) {
  const DeviceProperties of = device_properties(index_argument(call, 0));
  const auto number = [&](int64_t value) {
    return call.number_value(static_cast<double>(value));
  };
  return to_object(call.env, {{"name", to_js(call.env, of.name)},
                              {"major", number(of.major)},
                              {"minor", number(of.minor)},
                              {"multiprocessors", number(of.multiprocessors)},
                              {"totalMemory", number(of.total_memory)},
                              {"sharedMemoryPerBlock", number(of.shared_memory)},
                              {"l2Cache", number(of.l2_cache)}});
}

// Behind the jobs that were submitted before, whose kernels it then waits for.
napi_value cuda_synchronize(Call& call) {
  const int index = index_argument(call, 0);
  auto& instance = call.instance();
  return Job::submit(instance, instance.engine.compute, [index]() -> Job::Finish {
    synchronize_device(index);
    return undefined;
  });
}

napi_value cuda_stream(Call& call) {
  return wrap_stream(call.env,
                     make_stream(index_argument(call, 0), static_cast<int>(call.number(1))));
}

// Guards of the JavaScript thread, entered and left in the order of a stack.
struct Entered {
  explicit Entered(c10::Stream stream) : scope(stream), before(chosen_stream()) {
    chosen_stream() = stream;
  }
  ~Entered() { chosen_stream() = before; }
  StreamScope scope;
  std::optional<c10::Stream> before;
};
thread_local std::vector<std::unique_ptr<Entered>> entered;

napi_value cuda_stream_enter(Call& call) {
  entered.push_back(std::make_unique<Entered>(stream_of(call.env, call[0])));
  return call.undefined();
}

napi_value cuda_stream_leave(Call& call) {
  if (entered.empty()) throw Error(Code::Config, "no stream was entered");
  entered.pop_back();
  return call.undefined();
}

napi_value cuda_stream_query(Call& call) {
  return call.boolean_value(stream_of(call.env, call[0]).query());
}

// A wait that no other work of the compute lane waits for.
napi_value wait_job(Call& call, std::function<void()> wait) {
  auto& instance = call.instance();
  return Job::submit(instance, instance.engine.data,
                     [wait = std::move(wait)]() -> Job::Finish {
                       wait();
                       return undefined;
                     });
}

napi_value cuda_stream_synchronize(Call& call) {
  const c10::Stream stream = stream_of(call.env, call[0]);
  return wait_job(call, [stream] { stream.synchronize(); });
}

napi_value cuda_stream_wait(Call& call) {
  event_of(call.env, call[1])->block(stream_of(call.env, call[0]));
  return call.undefined();
}

napi_value cuda_event(Call& call) {
  return wrap_event(call.env, make_event(index_argument(call, 0), call.boolean(1)));
}

// Behind the jobs that were submitted before, on the stream that they ran on.
napi_value cuda_event_record(Call& call) {
  auto& instance = call.instance();
  const int index = index_argument(call, 1);
  return Job::submit(instance, instance.engine.compute,
                     [event = event_of(call.env, call[0]), index]() -> Job::Finish {
                       event->record(current_stream(index));
                       return undefined;
                     });
}

napi_value cuda_event_query(Call& call) {
  return call.boolean_value(event_of(call.env, call[0])->query());
}

napi_value cuda_event_synchronize(Call& call) {
  return wait_job(call, [event = event_of(call.env, call[0])] { event->synchronize(); });
}

napi_value cuda_event_elapsed(Call& call) {
  return call.number_value(
      event_of(call.env, call[0])->elapsedTime(*event_of(call.env, call[1])));
}

napi_value uploads(Call& call) {
  return wrap_uploads(call.env,
                      std::make_shared<Uploads>(
                          make_copy_stream(index_argument(call, 0), Uploads::kBuffers)));
}

// On the lane that has put the batch together.
napi_value uploads_send(Call& call) {
  auto& instance = call.instance();
  return Job::submit(
      instance, instance.engine.data,
      [&instance, uploads = uploads_of(call.env, call[0]),
       tensors = tensors_of(call.any(1), "tensors"),
       kept = tensors_of(call.any(2), "kept")]() mutable -> Job::Finish {
        Uploads::Sent sent = uploads->send(tensors);
        for (auto& each : kept) each = uploads->pinned(each);
        c10::impl::GenericDict result(c10::StringType::get(), c10::AnyType::get());
        result.insert("tensors", c10::List<at::Tensor>(sent.tensors));
        result.insert("kept", c10::List<at::Tensor>(kept));
        result.insert("ticket", static_cast<int64_t>(sent.ticket));
        return
            [&instance, value = c10::IValue(result)](napi_env) { return to_js(instance, value); };
      });
}

napi_value uploads_receive(Call& call) {
  uploads_of(call.env, call[0])
      ->receive(static_cast<uint64_t>(call.number(1)), tensors_of(call.any(2), "tensors"));
  return call.undefined();
}

constexpr Export kExports[] = {
    {"deviceNames", entry<device_list>},        {"deviceIndex", entry<device_index>},
    {"cudaMemory", entry<cuda_memory>},         {"cudaResetPeak", entry<cuda_reset_peak>},
    {"cudaEmptyCache", entry<cuda_empty_cache>}, {"cudaProperties", entry<cuda_properties>},
    {"cudaRefuseWaiting", entry<cuda_refuse_waiting>},
    {"cudaTf32", entry<cuda_tf32>},             {"cudaAllowTf32", entry<cuda_allow_tf32>},
    {"cudaSynchronize", entry<cuda_synchronize>},
    {"cudaStream", entry<cuda_stream>},
    {"cudaStreamEnter", entry<cuda_stream_enter>},
    {"cudaStreamLeave", entry<cuda_stream_leave>},
    {"cudaStreamQuery", entry<cuda_stream_query>},
    {"cudaStreamSynchronize", entry<cuda_stream_synchronize>},
    {"cudaStreamWait", entry<cuda_stream_wait>},
    {"cudaEvent", entry<cuda_event>},
    {"cudaEventRecord", entry<cuda_event_record>},
    {"cudaEventQuery", entry<cuda_event_query>},
    {"cudaEventSynchronize", entry<cuda_event_synchronize>},
    {"cudaEventElapsed", entry<cuda_event_elapsed>},
    {"uploads", entry<uploads>},
    {"uploadsSend", entry<uploads_send>},
    {"uploadsReceive", entry<uploads_receive>},
};

}  // namespace

std::span<const Export> device_exports() { return kExports; }

}  // namespace potstill::node
