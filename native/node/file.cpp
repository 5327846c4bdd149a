#include "core/tensor_file.h"

#include <chrono>

#include "node/exports.h"
#include "node/job.h"

namespace potstill::node {
namespace {

using Write = void (*)(const std::string& path, const std::string& name,
                       const std::vector<at::Tensor>& parts, const std::function<void()>& between);

// (path, name, parts, gently)
template <Write write>
napi_value write_job(Call& call) {
  auto& instance = call.instance();
  auto& pace = instance.engine.pace;
  return Job::submit(
      instance, instance.engine.files,
      [&pace, ticket = call.boolean(3) ? pace.begin() : 0, path = call.string(0),
       name = call.string(1), parts = tensors_of(call.any(2), "parts")]() -> Job::Finish {
        auto began = std::chrono::steady_clock::now();
        write(path, name, parts, [&] {
          pace.rest(ticket, std::chrono::steady_clock::now() - began);
          began = std::chrono::steady_clock::now();
        });
        return undefined;
      });
}

napi_value hurry_writes(Call& call) {
  call.instance().engine.pace.hurry();
  return call.undefined();
}

napi_value read_sealed_job(Call& call) {
  auto& instance = call.instance();
  return Job::submit(
      instance, instance.engine.files, [&instance, path = call.string(0)]() -> Job::Finish {
        return [&instance, found = read_sealed(path)](napi_env env) {
          napi_value intact;
          check(env, napi_get_boolean(env, found.intact, &intact));
          return to_object(env, {{"content", wrap_tensor(instance, found.content)},
                                 {"intact", intact}});
        };
      });
}

constexpr Export kExports[] = {
    {"writeTensors", entry<write_job<write_tensors>>},
    {"writeSealed", entry<write_job<write_sealed>>},
    {"hurryWrites", entry<hurry_writes>},
    {"readSealed", entry<read_sealed_job>},
};

}  // namespace

std::span<const Export> file_exports() { return kExports; }

}  // namespace potstill::node
