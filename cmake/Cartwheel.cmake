# cartwheel_library(<folder> SOURCES <file>... [DEPENDS <folder>...] [LIBRARIES <target>...])
# A folder under src/cartwheel is a static library cartwheel_<folder>, slashes as underscores. DEPENDS are the folders that its
# headers may include (base always is); LIBRARIES are outside libraries, linked privately and so out of reach of other folders.
function(cartwheel_library folder)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "" "SOURCES;DEPENDS;LIBRARIES;PUBLIC_LIBRARIES")
  string(REPLACE "/" "_" name ${folder})
  add_library(cartwheel_${name} STATIC ${arg_SOURCES})
  add_library(cartwheel::${name} ALIAS cartwheel_${name})
  target_link_libraries(cartwheel_${name} PRIVATE cartwheel_options ${arg_LIBRARIES} PUBLIC ${arg_PUBLIC_LIBRARIES})
  target_include_directories(cartwheel_${name} PUBLIC ${CMAKE_SOURCE_DIR}/src)
  foreach(dependency IN LISTS arg_DEPENDS)
    string(REPLACE "/" "_" dependency ${dependency})
    target_link_libraries(cartwheel_${name} PUBLIC cartwheel_${dependency})
  endforeach()
  if(NOT folder STREQUAL "base")
    target_link_libraries(cartwheel_${name} PUBLIC cartwheel_base)
  endif()
endfunction()

# cartwheel_test(<folder> SOURCES <file>... [DEPENDS <folder>...] [LIBRARIES <target>...] [LABELS <label>...])
# One GoogleTest program <folder>_test per folder, each of its tests known to ctest. The label `concurrent` marks the
# programs that also run under the thread sanitizer.
function(cartwheel_test folder)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "" "SOURCES;DEPENDS;LIBRARIES;LABELS")
  string(REPLACE "/" "_" name ${folder})
  add_executable(${name}_test ${arg_SOURCES})
  target_include_directories(${name}_test PRIVATE ${CMAKE_SOURCE_DIR}/tests)
  target_link_libraries(${name}_test PRIVATE cartwheel_options ${arg_LIBRARIES} GTest::gmock GTest::gtest_main)
  foreach(dependency IN LISTS arg_DEPENDS)
    string(REPLACE "/" "_" dependency ${dependency})
    target_link_libraries(${name}_test PRIVATE cartwheel_${dependency})
  endforeach()
  # ctest looks for a label as a pattern, and gtest_discover_tests takes lists of labels apart: so a test has one label of all names.
  string(JOIN "-" labels unit ${arg_LABELS})
  gtest_discover_tests(${name}_test TEST_PREFIX "${folder}: " DISCOVERY_TIMEOUT 60 DISCOVERY_MODE PRE_TEST NO_PRETTY_VALUES
    PROPERTIES TIMEOUT 300 LABELS "${labels}")
  # What the thread sanitizer is worth its time for, under one name.
  if("concurrent" IN_LIST arg_LABELS)
    if(NOT TARGET concurrent_tests)
      add_custom_target(concurrent_tests)
    endif()
    add_dependencies(concurrent_tests ${name}_test)
  endif()
endfunction()
