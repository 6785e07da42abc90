# Beside our reader, zxing-cpp as it comes.
find_package(ZXing 1.4 REQUIRED)
add_executable(bench_distort EXCLUDE_FROM_ALL ${CMAKE_SOURCE_DIR}/bench/bench_distort.cc
               ${CMAKE_SOURCE_DIR}/bench/plain_zxing.cc
               ${CMAKE_SOURCE_DIR}/tests/vision/vision_support.cc)
target_link_libraries(bench_distort PRIVATE vision_label vision_opencv ZXing::ZXing test_main)
