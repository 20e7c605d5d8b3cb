#include "cartwheel/engines/cql/select.h"

#include <gtest/gtest.h>

namespace cartwheel::engines::cql {
namespace {

TEST(OnlySelect, IsTheStatementWithoutWhatIsAroundIt) {
    EXPECT_EQ(only_select("SELECT * FROM t"), "SELECT * FROM t");
    EXPECT_EQ(only_select("  \n select count(*) from t ;\n"), "select count(*) from t ");
    EXPECT_EQ(only_select("-- what is there?\n/* all */ // of it\nSelect\n* FROM t; -- so"), "Select\n* FROM t");
    EXPECT_EQ(only_select("SELECT JSON * FROM t WHERE a = 'it''s; DROP' AND \"b;\" = $$;$$"),
              "SELECT JSON * FROM t WHERE a = 'it''s; DROP' AND \"b;\" = $$;$$");
    EXPECT_EQ(only_select("SELECT(a) FROM t"), "SELECT(a) FROM t");
}

TEST(OnlySelect, IsNothingElse) {
    for (const auto* text : {"", " ", ";", "DROP TABLE t", "selected FROM t", "select_it", "SELECT", "-- SELECT 1",
                             "/* SELECT */ TRUNCATE t", "BEGIN BATCH SELECT 1", "SELECT 1; SELECT 2", "SELECT 1;; DROP TABLE t",
                             "SELECT ';' FROM t; x", "INSERT INTO t (a) VALUES ('SELECT')"})
        EXPECT_EQ(only_select(text), std::nullopt) << text;
}

TEST(OnlySelect, TextThatDoesNotEndIsLeftToTheCluster) {
    for (const auto* text : {"SELECT 'a; DROP", "SELECT \"a; DROP", "SELECT $$; DROP", "SELECT a /* ; DROP", "SELECT a -- ; DROP"})
        EXPECT_EQ(only_select(text), text);
}

}  // namespace
}  // namespace cartwheel::engines::cql
