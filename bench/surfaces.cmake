add_executable(bench_surfaces EXCLUDE_FROM_ALL ${CMAKE_SOURCE_DIR}/bench/bench_surfaces.cc
               ${CMAKE_SOURCE_DIR}/bench/markings_data.cc ${CMAKE_SOURCE_DIR}/tests/paths.cc)
target_link_libraries(bench_surfaces PRIVATE vision_marking vision_training vision_opencv Boost::json)
target_compile_definitions(bench_surfaces PRIVATE REELPROOF_SOURCE_DIR="${CMAKE_SOURCE_DIR}"
                           REELPROOF_BUILD_DIR="${CMAKE_BINARY_DIR}")
