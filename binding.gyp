{
  # CMakeLists.txt is the only definition of the build; this lets `node-gyp rebuild` reach it.
  'targets': [
    {
      'target_name': 'potstill',
      'type': 'none',
      'actions': [
        {
          'action_name': 'cmake_js',
          'message': 'Building the addon with CMake',
          'inputs': ['CMakeLists.txt'],
          'outputs': ['<(module_root_dir)/build/Release/potstill.node'],
          'action': ['node', '<(module_root_dir)/scripts/build.mjs', 'native'],
        },
      ],
    },
  ],
}
