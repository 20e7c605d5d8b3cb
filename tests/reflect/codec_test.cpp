#include "cartwheel/reflect/codec.h"

#include <gmock/gmock.h>

#include <boost/json/serialize.hpp>

namespace cartwheel::reflect {
namespace {

struct Pot {
    Id<struct PotTag> id;
    Text<5> name;
    Money price;
    Whole<1, 10> count{3};
    std::optional<std::string> note;
};
BOOST_DESCRIBE_STRUCT(Pot, (), (id, name, price, count, note))

constexpr const char* id_text = "6773b120-8499-4196-9df8-2c4a60b6f1ac";

}  // namespace

template <>
inline constexpr auto may_be_absent<Pot> = members("count");
template <>
inline constexpr std::string_view schema_name<Pot> = "Pot";

namespace {

using testing::ElementsAre;
using testing::IsEmpty;

/// The types of what is wrong with `text`, each with the member it is about.
std::vector<std::string> faults_of(std::string_view text) {
    const auto document = JsonDocument::parse(text);
    Problems problems;
    const Where body("body");
    const bool read = Codec<Pot>::read(document->root(), body, problems).has_value();
    std::vector<std::string> out;
    for (const auto& field : problems.take()) out.push_back(std::get<std::string>(field.where.back()) + " " + field.type);
    EXPECT_EQ(read, out.empty());
    return out;
}

std::string pot(std::string_view members) {
    return std::string(R"({"id":"6773b120-8499-4196-9df8-2c4a60b6f1ac")") + std::string(members) + "}";
}

TEST(Codec, ReadsAndWritesAStruct) {
    const auto text = pot(R"(,"name":"Pot","price":"12.50","count":"4","note":null,"more":[])");  // the document points into it
    const auto document = JsonDocument::parse(text);
    Problems problems;
    const auto value = Codec<Pot>::read(document->root(), Where("body"), problems);
    ASSERT_TRUE(value);
    EXPECT_EQ(to_json(*value), pot(R"(,"name":"Pot","price":12.5,"count":4,"note":null)"));
}

TEST(Codec, MembersThatMayBeAbsentKeepTheirValue) {
    const auto text = pot(R"(,"name":"Pot","price":1)");  // the document points into it
    const auto document = JsonDocument::parse(text);
    Problems problems;
    EXPECT_EQ(Codec<Pot>::read(document->root(), Where("body"), problems)->count.value, 3);
}

TEST(Codec, NamesEveryWrongFieldInOneAnswer) {
    EXPECT_THAT(faults_of(R"({"name":1,"price":true,"count":3.5})"),
                ElementsAre("id missing", "name string_type", "price float_type", "count int_from_float"));
}

TEST(Codec, AWholeNumberMayBeWrittenInAnyWay) {
    for (const auto* count : {"3", "3.0", "30e-1", "0.3e1", "\"3\"", "\" 3 \"", "\"3.0\""})
        EXPECT_THAT(faults_of(pot(std::string(R"(,"name":"a","price":1,"count":)") + count)), IsEmpty()) << count;
    for (const auto* count : {"null", "true", "[]", "{}"})
        EXPECT_THAT(faults_of(pot(std::string(R"(,"name":"a","price":1,"count":)") + count)), ElementsAre("count int_type")) << count;
    EXPECT_THAT(faults_of(pot(R"(,"name":"a","price":1,"count":"3.5")")), ElementsAre("count int_parsing"));
    EXPECT_THAT(faults_of(pot(R"(,"name":"a","price":1,"count":1e300)")), ElementsAre("count less_than_equal"));
    EXPECT_THAT(faults_of(pot(R"(,"name":"a","price":1,"count":-1e300)")), ElementsAre("count greater_than_equal"));
}

TEST(Codec, TextIsLimitedInBytes) {
    EXPECT_THAT(faults_of(pot(R"(,"name":"12345","price":1)")), IsEmpty());
    EXPECT_THAT(faults_of(pot(R"(,"name":"123456","price":1)")), ElementsAre("name string_too_long"));
}

TEST(Codec, AnErrorSendsALongInputBackCut) {
    const auto text = pot(",\"name\":\"" + std::string(5000, 'x') + "\",\"price\":1");  // the document points into it
    const auto document = JsonDocument::parse(text);
    Problems problems;
    Codec<Pot>::read(document->root(), Where("body"), problems);
    const auto fields = problems.take();
    ASSERT_EQ(fields.size(), 1U);
    EXPECT_LT(fields[0].input.size(), 1100U);
    EXPECT_TRUE(JsonDocument::parse(fields[0].input));
}

TEST(Codec, BytesThatAreNoUtf8StillMakeValidJson) {
    Problems problems;
    Codec<Id<struct PotTag>>::read_text("\xff\xc3", Where("path"), problems);
    const auto fields = problems.take();
    EXPECT_TRUE(JsonDocument::parse(fields.at(0).input));
}

TEST(Codec, ASchemaNamesWhatIsRequired) {
    Schemas schemas;
    EXPECT_EQ(boost::json::serialize(Codec<Pot>::schema(schemas)), R"({"$ref":"#/components/schemas/Pot"})");
    EXPECT_EQ(boost::json::serialize(schemas.all().at("Pot").at("required")), R"(["id","name","price"])");
}

TEST(Codec, ACsvRowIsReadInTheOrderOfTheMembers) {
    EXPECT_THAT(member_names<Pot>(), ElementsAre("id", "name", "price", "count", "note"));
    Problems problems;
    const auto value = read_texts<Pot>({id_text, "Pot", "0.01", "2", "x"}, Where("row"), problems);
    ASSERT_TRUE(value);
    EXPECT_EQ(value->price.minor(), 1);
}

}  // namespace
}  // namespace cartwheel::reflect
