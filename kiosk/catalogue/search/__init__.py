"""Finding an item by what people say and type: names, spoken words, pinyin whole or by initials, with slips of ear and finger."""
