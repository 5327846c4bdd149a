# Folder of node_api.h: given by cmake-js, by hand, or that of the package node-api-headers.

if(NOT NODE_API_INCLUDE_DIR)
  if(CMAKE_JS_INC)
    set(NODE_API_INCLUDE_DIR "${CMAKE_JS_INC}")
  else()
    execute_process(
      COMMAND node -p "require('node-api-headers').include_dir"
      WORKING_DIRECTORY "${CMAKE_CURRENT_SOURCE_DIR}"
      OUTPUT_VARIABLE NODE_API_INCLUDE_DIR OUTPUT_STRIP_TRAILING_WHITESPACE
      RESULT_VARIABLE failed ERROR_QUIET)
    if(failed)
      message(FATAL_ERROR "node_api.h was not found: run `npm install` first, or pass "
        "-DNODE_API_INCLUDE_DIR=<folder with node_api.h>.")
    endif()
  endif()
endif()
