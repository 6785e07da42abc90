add_executable(bench_markings EXCLUDE_FROM_ALL ${CMAKE_SOURCE_DIR}/bench/bench_markings.cc
               ${CMAKE_SOURCE_DIR}/bench/markings_data.cc ${CMAKE_SOURCE_DIR}/bench/markings_read.cc
               ${CMAKE_SOURCE_DIR}/bench/markings_text.cc ${CMAKE_SOURCE_DIR}/bench/markings_surface.cc
               ${CMAKE_SOURCE_DIR}/bench/markings_quality.cc ${CMAKE_SOURCE_DIR}/bench/markings_scenes.cc
               ${CMAKE_SOURCE_DIR}/bench/markings_look_alikes.cc
               ${CMAKE_SOURCE_DIR}/bench/markings_genuine.cc ${CMAKE_SOURCE_DIR}/bench/markings_verdict.cc ${CMAKE_SOURCE_DIR}/tests/vision/scene_support.cc
               ${CMAKE_SOURCE_DIR}/tests/paths.cc)
target_link_libraries(bench_markings PRIVATE vision_marking vision_training vision_text vision_opencv ledger Boost::json)
target_compile_definitions(bench_markings PRIVATE REELPROOF_SOURCE_DIR="${CMAKE_SOURCE_DIR}"
                           REELPROOF_BUILD_DIR="${CMAKE_BINARY_DIR}")
