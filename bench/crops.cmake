add_executable(bench_crops EXCLUDE_FROM_ALL ${CMAKE_SOURCE_DIR}/bench/bench_crops.cc
               ${CMAKE_SOURCE_DIR}/tests/vision/vision_support.cc ${CMAKE_SOURCE_DIR}/tests/paths.cc)
target_link_libraries(bench_crops PRIVATE vision_label vision_opencv)
target_compile_definitions(bench_crops PRIVATE REELPROOF_SOURCE_DIR="${CMAKE_SOURCE_DIR}"
                           REELPROOF_BUILD_DIR="${CMAKE_BINARY_DIR}")
