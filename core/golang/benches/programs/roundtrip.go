package main

import "encoding/json"

type Item struct {
	Name  string            `json:"name"`
	Count int               `json:"count"`
	Tags  []string          `json:"tags"`
	Meta  map[string]string `json:"meta"`
}

func main() {
	items := []Item{}
	for i := 0; i < 50; i++ {
		items = append(items, Item{"item", i, []string{"a", "b", "c"}, map[string]string{"k": "v", "x": "y"}})
	}
	n := 0
	for i := 0; i < 100; i++ {
		data, err := json.Marshal(items)
		if err != nil {
			panic(err)
		}
		var back []Item
		if err := json.Unmarshal(data, &back); err != nil {
			panic(err)
		}
		n += len(data) + len(back)
	}
	println(n)
}
