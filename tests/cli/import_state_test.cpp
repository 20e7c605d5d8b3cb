#include "cartwheel/cli/import_state.h"

#include <gtest/gtest.h>

#include "cli/temporary_folder.h"

namespace cartwheel::cli {
namespace {

TEST(ImportState, IsReadAsItWasWritten) {
    const test::WorkingFolder folder;
    const auto path = import_state_path("/somewhere/else/product.csv");
    EXPECT_EQ(path, "product.csv.import-state");
    EXPECT_EQ(*load_import_state(path), std::nullopt);
    ASSERT_TRUE(save_import_state(path, {123'456'789'012, 0xfedcba9876543210}));
    const auto state = load_import_state(path);
    ASSERT_TRUE(state);
    ASSERT_TRUE(*state);
    EXPECT_EQ((*state)->offset, 123'456'789'012U);
    EXPECT_EQ((*state)->hash, 0xfedcba9876543210U);
}

TEST(ImportState, ThatIsBrokenIsRefused) {
    const test::WorkingFolder folder;
    folder.write("x", "{\"offset\":12");
    EXPECT_EQ(load_import_state("x").error().message, "x is broken; remove it and import from the beginning");
    folder.write("x", "{\"offset\":-12,\"hash\":\"1\"}");
    EXPECT_FALSE(load_import_state("x"));
}

}  // namespace
}  // namespace cartwheel::cli
