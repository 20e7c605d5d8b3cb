# Compiler, warnings, sanitizers and the packages that everything is built with.

if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU" AND CMAKE_CXX_COMPILER_VERSION VERSION_LESS 14)
  # GCC 12 destroys temporaries of co_await statements twice.
  message(FATAL_ERROR "Cartwheel needs Clang 19 or GCC 14; configure with a preset: cmake --preset dev")
endif()

set(CMAKE_CXX_STANDARD 23)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_CXX_SCAN_FOR_MODULES OFF)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
set(THREADS_PREFER_PTHREAD_FLAG ON)

find_program(CARTWHEEL_CCACHE ccache)
if(CARTWHEEL_CCACHE)
  set(CMAKE_CXX_COMPILER_LAUNCHER ${CMAKE_COMMAND} -E env CCACHE_SLOPPINESS=pch_defines,time_macros,include_file_mtime,include_file_ctime
      CCACHE_BASEDIR=${CMAKE_SOURCE_DIR} CCACHE_NOHASHDIR=1 ${CARTWHEEL_CCACHE})
endif()

find_package(Threads REQUIRED)
find_package(Boost 1.81 REQUIRED COMPONENTS json url)
find_package(fmt 9 REQUIRED)
find_package(spdlog REQUIRED)
find_package(CLI11 REQUIRED)
find_package(ZLIB REQUIRED)
find_package(prometheus-cpp REQUIRED)
find_package(RocksDB 7.8 REQUIRED)

# Asio with one executor type everywhere; spdlog and Asio without their header-only bulk.
add_compile_definitions(
  BOOST_ASIO_NO_DEPRECATED BOOST_ASIO_DISABLE_BOOST_ARRAY BOOST_ASIO_DISABLE_BOOST_BIND BOOST_ASIO_DISABLE_BOOST_REGEX
  BOOST_ASIO_SEPARATE_COMPILATION BOOST_ASIO_RECYCLING_ALLOCATOR_CACHE_SIZE=8 SPDLOG_FMT_EXTERNAL)

add_library(cartwheel_options INTERFACE)
target_compile_options(cartwheel_options INTERFACE -Wall -Wextra -Wpedantic -Wconversion -Wshadow -Werror -fno-omit-frame-pointer)
target_include_directories(cartwheel_options INTERFACE ${CMAKE_SOURCE_DIR}/src)

set(CARTWHEEL_SANITIZE "" CACHE STRING "Sanitizers, as -fsanitize takes them: address,undefined or thread")
if(CARTWHEEL_SANITIZE)
  add_compile_options(-fsanitize=${CARTWHEEL_SANITIZE} -fno-sanitize-recover=all)
  add_link_options(-fsanitize=${CARTWHEEL_SANITIZE})
endif()
