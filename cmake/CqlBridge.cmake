# The Rust driver behind the cluster engine, as the target cql_bridge: cargo builds one static library and writes two headers beside it.
# All build folders of a checkout share one cargo folder, so it is built once for all of them; cargo itself lets one build wait for another.
block()
set(crate ${CMAKE_SOURCE_DIR}/rust/cql_bridge)
set(rust_least 1.88)

# A cargo that is no good is not remembered, so that a better one is found next time.
find_program(CARTWHEEL_CARGO NAMES cargo cargo-web)
set(advice "run scripts/install build, or configure with -DCARTWHEEL_CQL=OFF for a Cartwheel without the cluster engine")
if(NOT CARTWHEEL_CARGO)
  message(FATAL_ERROR "The cluster engine needs cargo and Rust ${rust_least} or newer: ${advice}")
endif()
execute_process(COMMAND ${CARTWHEEL_CARGO} --version OUTPUT_VARIABLE cargo_version ERROR_QUIET)
if(NOT cargo_version MATCHES "cargo ([0-9]+\\.[0-9]+)" OR CMAKE_MATCH_1 VERSION_LESS rust_least)
  string(STRIP "${cargo_version}" cargo_version)
  set(cargo_found ${CARTWHEEL_CARGO})
  unset(CARTWHEEL_CARGO CACHE)
  message(FATAL_ERROR "The cluster engine needs Rust ${rust_least} or newer; ${cargo_found} is \"${cargo_version}\": ${advice}")
endif()

set(CARTWHEEL_CARGO_FOLDER ${CMAKE_SOURCE_DIR}/build/cargo CACHE PATH "Where cargo builds; build folders may share one")
set(library ${CARTWHEEL_CARGO_FOLDER}/release/libcql_bridge.a)
set(headers ${CARTWHEEL_CARGO_FOLDER}/cql_bridge_include)
file(MAKE_DIRECTORY ${headers})

# Flags from the environment would make cargo build everything again each time they differ.
add_custom_command(
  OUTPUT ${library}
  BYPRODUCTS ${headers}/cql_bridge/bridge.h ${headers}/rust/cxx.h
  COMMAND ${CMAKE_COMMAND} -E env CC=${CMAKE_C_COMPILER} CXX=${CMAKE_CXX_COMPILER} CFLAGS= CXXFLAGS= RUSTFLAGS= CQL_BRIDGE_HEADERS=${headers}
    ${CARTWHEEL_CARGO} build --release --locked --quiet --manifest-path ${crate}/Cargo.toml --target-dir ${CARTWHEEL_CARGO_FOLDER}
  DEPENDS ${crate}/Cargo.toml ${crate}/Cargo.lock ${crate}/build.rs ${crate}/include/cql_bridge/completion.h ${crate}/include/cql_bridge/log.h
  DEPFILE ${CARTWHEEL_CARGO_FOLDER}/release/libcql_bridge.d
  COMMENT "Building the Rust driver with cargo (a minute or two, the first time)"
  USES_TERMINAL VERBATIM)
add_custom_target(cql_bridge_build DEPENDS ${library})

add_library(cql_bridge STATIC IMPORTED GLOBAL)
set_target_properties(cql_bridge PROPERTIES IMPORTED_LOCATION ${library})
target_include_directories(cql_bridge SYSTEM INTERFACE ${headers} ${crate}/include)
target_link_libraries(cql_bridge INTERFACE Threads::Threads ${CMAKE_DL_LIBS} m)
# What nothing reaches of it is 3.5 MB of the binary.
target_link_options(cql_bridge INTERFACE $<$<CONFIG:Release>:-Wl,--gc-sections>)
add_dependencies(cql_bridge cql_bridge_build)
endblock()
