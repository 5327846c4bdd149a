# What the C++ of the tests has in common: the libtorch and the operators that the addon uses, and the
# settings of the language. Included behind project(); test/native/cmake.ts passes both folders.

get_filename_component(root "${CMAKE_CURRENT_LIST_DIR}/../.." ABSOLUTE)
list(APPEND CMAKE_MODULE_PATH "${root}/cmake")
set(POTSTILL_LIBTORCH_DIR "" CACHE PATH "A libtorch or torch package folder")
set(POTSTILL_OPS "" CACHE FILEPATH "libpotstill_ops, as built for the CPU")
find_package(Libtorch REQUIRED)

set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
if(NOT CMAKE_BUILD_TYPE)
  set(CMAKE_BUILD_TYPE Release)
endif()
