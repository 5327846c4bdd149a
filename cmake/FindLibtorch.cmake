# Finds libtorch in a folder that holds lib/ and include/: an unpacked libtorch, or the `torch`
# package of a Python environment. Made instead of the package's own TorchConfig.cmake because that
# one wants a whole CUDA toolkit as soon as the folder was built with CUDA.
#
# In:   POTSTILL_LIBTORCH_DIR
# Out:  Libtorch_FOUND, Libtorch_VERSION, Libtorch_LIBRARY_DIR, Libtorch_CUDA
#       libtorch::c10, libtorch::torch_cpu, libtorch::gomp and, where present, libtorch::c10_cuda
#       and libtorch::torch_cuda; libtorch::libtorch is all of them.

include(FindPackageHandleStandardArgs)

if(NOT POTSTILL_LIBTORCH_DIR)
  message(FATAL_ERROR "POTSTILL_LIBTORCH_DIR is not set. Run `npm run build:native`, which finds or "
    "fetches libtorch, or pass -DPOTSTILL_LIBTORCH_DIR=<libtorch or torch package folder>.")
endif()

# Nothing is cached: the next configuration may be given another folder.
find_path(Libtorch_INCLUDE_DIR NAMES ATen/ATen.h
  PATHS "${POTSTILL_LIBTORCH_DIR}/include" NO_DEFAULT_PATH NO_CACHE)
set(Libtorch_LIBRARY_DIR "${POTSTILL_LIBTORCH_DIR}/lib")

foreach(name c10 torch_cpu c10_cuda torch_cuda)
  find_library(Libtorch_${name}_LIBRARY NAMES ${name}
    PATHS "${Libtorch_LIBRARY_DIR}" NO_DEFAULT_PATH NO_CACHE)
endforeach()

# The OpenMP runtime that libtorch itself runs on. Its name may carry a hash.
file(GLOB Libtorch_gomp_LIBRARY
  "${Libtorch_LIBRARY_DIR}/libgomp*.so*" "${Libtorch_LIBRARY_DIR}/libomp*.dylib"
  "${POTSTILL_LIBTORCH_DIR}/../torch.libs/libgomp*.so*")
if(Libtorch_gomp_LIBRARY)
  list(GET Libtorch_gomp_LIBRARY 0 Libtorch_gomp_LIBRARY)
endif()

# The version as the headers have it; they decide what compiles.
set(Libtorch_VERSION "")
foreach(header torch/headeronly/version.h torch/csrc/api/include/torch/version.h)
  if(Libtorch_VERSION STREQUAL "" AND EXISTS "${Libtorch_INCLUDE_DIR}/${header}")
    file(STRINGS "${Libtorch_INCLUDE_DIR}/${header}" lines
      REGEX "^#define TORCH_VERSION_(MAJOR|MINOR|PATCH) [0-9]+")
    if(lines)
      string(REGEX REPLACE "[^0-9;]" "" numbers "${lines}")
      string(REPLACE ";" "." Libtorch_VERSION "${numbers}")
    endif()
  endif()
endforeach()
if(Libtorch_VERSION STREQUAL "")
  foreach(file build-version version.py)
    if(Libtorch_VERSION STREQUAL "" AND EXISTS "${POTSTILL_LIBTORCH_DIR}/${file}")
      file(READ "${POTSTILL_LIBTORCH_DIR}/${file}" text)
      if(text MATCHES "([0-9]+\\.[0-9]+\\.[0-9]+)")
        set(Libtorch_VERSION "${CMAKE_MATCH_1}")
      endif()
    endif()
  endforeach()
endif()

find_package_handle_standard_args(Libtorch
  REQUIRED_VARS Libtorch_INCLUDE_DIR Libtorch_c10_LIBRARY Libtorch_torch_cpu_LIBRARY
  VERSION_VAR Libtorch_VERSION
  REASON_FAILURE_MESSAGE "${POTSTILL_LIBTORCH_DIR} is not a libtorch or torch package folder.")

set(Libtorch_CUDA FALSE)
if(Libtorch_FOUND AND NOT TARGET libtorch::libtorch)
  add_library(libtorch::libtorch INTERFACE IMPORTED)
  foreach(name c10 torch_cpu gomp c10_cuda torch_cuda)
    if(Libtorch_${name}_LIBRARY)
      add_library(libtorch::${name} SHARED IMPORTED)
      set_target_properties(libtorch::${name} PROPERTIES
        IMPORTED_LOCATION "${Libtorch_${name}_LIBRARY}")
      target_link_libraries(libtorch::libtorch INTERFACE libtorch::${name})
    endif()
  endforeach()
  # Imported, so the folders count as system headers: no warnings from them.
  target_include_directories(libtorch::libtorch INTERFACE
    "${Libtorch_INCLUDE_DIR}" "${Libtorch_INCLUDE_DIR}/torch/csrc/api/include")
  target_compile_definitions(libtorch::libtorch INTERFACE _GLIBCXX_USE_CXX11_ABI=1)
  if(NOT APPLE)
    # Nothing of ours calls into torch_cuda by name; without this the linker drops it and CUDA
    # "is not available".
    target_link_options(libtorch::libtorch INTERFACE "LINKER:--no-as-needed")
  endif()
  if(Libtorch_torch_cuda_LIBRARY)
    set(Libtorch_CUDA TRUE)
  endif()
endif()
