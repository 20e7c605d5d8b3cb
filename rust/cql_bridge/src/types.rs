//! The names of column types, as CQL writes them.

use scylla::frame::response::result::{CollectionType, ColumnSpec, ColumnType, NativeType};

pub fn list<'a>(columns: impl Iterator<Item = &'a ColumnSpec<'a>>) -> String {
    columns.map(|column| name(column.typ())).collect::<Vec<_>>().join(",")
}

pub fn name(of: &ColumnType) -> String {
    match of {
        ColumnType::Native(native) => native_name(native).into(),
        ColumnType::Collection { frozen, typ } => freeze(*frozen, collection_name(typ)),
        ColumnType::Vector { typ, dimensions } => format!("vector<{},{dimensions}>", name(typ)),
        ColumnType::UserDefinedType { frozen, definition } => freeze(*frozen, definition.name.to_string()),
        ColumnType::Tuple(of) => format!("tuple<{}>", of.iter().map(name).collect::<Vec<_>>().join(",")),
        other => format!("{other:?}").to_lowercase(),
    }
}

/// As `name`, but with what a user type has in place of its name, and without `frozen`.
pub fn layout(of: &ColumnType) -> String {
    match of {
        ColumnType::Collection { typ: CollectionType::List(item), .. } => format!("list<{}>", layout(item)),
        ColumnType::Collection { typ: CollectionType::Set(item), .. } => format!("set<{}>", layout(item)),
        ColumnType::Collection { typ: CollectionType::Map(key, value), .. } => format!("map<{},{}>", layout(key), layout(value)),
        ColumnType::UserDefinedType { definition, .. } => {
            let field = |(name, of): &(_, ColumnType)| format!("{}:{}", quoted(name), layout(of));
            format!("udt<{}>", definition.field_types.iter().map(field).collect::<Vec<_>>().join(","))
        }
        ColumnType::Tuple(of) => format!("tuple<{}>", of.iter().map(layout).collect::<Vec<_>>().join(",")),
        other => name(other),
    }
}

fn quoted(name: &impl AsRef<str>) -> String {
    format!("\"{}\"", name.as_ref().replace('"', "\"\""))
}

fn freeze(frozen: bool, name: String) -> String {
    if frozen { format!("frozen<{name}>") } else { name }
}

fn collection_name(of: &CollectionType) -> String {
    match of {
        CollectionType::List(item) => format!("list<{}>", name(item)),
        CollectionType::Set(item) => format!("set<{}>", name(item)),
        CollectionType::Map(key, value) => format!("map<{},{}>", name(key), name(value)),
        other => format!("{other:?}").to_lowercase(),
    }
}

fn native_name(of: &NativeType) -> &'static str {
    match of {
        NativeType::Ascii => "ascii",
        NativeType::BigInt => "bigint",
        NativeType::Blob => "blob",
        NativeType::Boolean => "boolean",
        NativeType::Counter => "counter",
        NativeType::Date => "date",
        NativeType::Decimal => "decimal",
        NativeType::Double => "double",
        NativeType::Duration => "duration",
        NativeType::Float => "float",
        NativeType::Inet => "inet",
        NativeType::Int => "int",
        NativeType::SmallInt => "smallint",
        NativeType::Text => "text",
        NativeType::Time => "time",
        NativeType::Timestamp => "timestamp",
        NativeType::Timeuuid => "timeuuid",
        NativeType::TinyInt => "tinyint",
        NativeType::Uuid => "uuid",
        NativeType::Varint => "varint",
        _ => "unknown",
    }
}
