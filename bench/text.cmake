add_executable(bench_text EXCLUDE_FROM_ALL ${CMAKE_SOURCE_DIR}/bench/bench_text.cc
               ${CMAKE_SOURCE_DIR}/tests/vision/print_support.cc
               ${CMAKE_SOURCE_DIR}/tests/vision/vision_support.cc ${CMAKE_SOURCE_DIR}/tests/paths.cc)
target_link_libraries(bench_text PRIVATE vision_label)
target_compile_definitions(bench_text PRIVATE REELPROOF_SOURCE_DIR="${CMAKE_SOURCE_DIR}"
                           REELPROOF_BUILD_DIR="${CMAKE_BINARY_DIR}")
