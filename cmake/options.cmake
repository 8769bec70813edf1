# Warnings, sanitizers and definitions, gathered in one interface target that every module links.
add_library(labnet_options INTERFACE)
target_compile_options(labnet_options INTERFACE -Wall -Wextra -Wpedantic -Wshadow -Wnon-virtual-dtor -Wcast-align
                                                -Woverloaded-virtual -Wimplicit-fallthrough -Werror
                                                # GCC 12 raises these for strings and coroutines that are in order.
                                                -Wno-maybe-uninitialized -Wno-restrict)
target_include_directories(labnet_options INTERFACE ${PROJECT_SOURCE_DIR})
target_compile_definitions(labnet_options INTERFACE
  BOOST_ASIO_NO_DEPRECATED
  # One io_context per worker thread: a thread pool's fences and the deprecated executors are not needed.
  BOOST_ASIO_NO_TS_EXECUTORS
  # Of what each thread keeps for the next coroutine: a read within its callers is five of them, one in the other.
  BOOST_ASIO_RECYCLING_ALLOCATOR_CACHE_SIZE=8)

if(CMAKE_UNITY_BUILD)
  # Several files are compiled as one, as most of the time goes into the headers that they share.
  set(CMAKE_UNITY_BUILD_BATCH_SIZE 12)
  # GCC takes what is local to a file of such a batch for a header's, and one file's names for hidden by another's.
  target_compile_options(labnet_options INTERFACE -Wno-subobject-linkage -Wno-shadow)
endif()

if(LABNET_SANITIZER)
  target_compile_options(labnet_options INTERFACE -fsanitize=${LABNET_SANITIZER} -fno-omit-frame-pointer)
  target_link_options(labnet_options INTERFACE -fsanitize=${LABNET_SANITIZER})
  # GCC 12 takes Asio's own way of allocating coroutines for a mistake where a sanitizer keeps it from seeing all of it.
  target_compile_options(labnet_options INTERFACE -Wno-mismatched-new-delete)
  if(LABNET_SANITIZER STREQUAL "address,undefined")
    # These look at each pointer that is used: as long as all other checks together to compile. What they find of null
    # ends the program anyway, and casts that they look at are not compiled (-Wcast-align) or not written.
    target_compile_options(labnet_options INTERFACE -fno-sanitize-recover=all
                                                    -fno-sanitize=null,alignment,object-size,vptr)
    if(CMAKE_CXX_COMPILER_ID STREQUAL "Clang")
      # Its check of functions' types cannot be compiled with coroutines ("a difference across sections").
      target_compile_options(labnet_options INTERFACE -fno-sanitize=function)
    endif()
  elseif(LABNET_SANITIZER STREQUAL "thread")
    # GCC warns that the thread sanitizer does not see Asio's stand-alone fences.
    target_compile_options(labnet_options INTERFACE -Wno-tsan)
    target_compile_definitions(labnet_options INTERFACE BOOST_ASIO_DISABLE_FENCED_BLOCK)
  endif()
endif()
