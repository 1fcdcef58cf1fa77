-- The goods of the demonstration shop: a server in test mode puts them into an empty catalogue.
-- Prices are whole units, so that no sum of them hits one of the simulator's magic amounts.

insert into products (id, position, name_zh, name_en, stock_free) values
  ('tea-longjing', 1, '西湖龙井绿茶 100 克', 'West Lake Longjing green tea, 100 g', 200),
  ('tea-pu-erh', 2, '云南普洱熟茶饼 357 克', 'Yunnan ripe Pu-erh tea cake, 357 g', 120),
  ('tea-jasmine', 3, '茉莉花茶 50 克', 'Jasmine tea, 50 g', 300),
  ('cup-celadon', 4, '龙泉青瓷茶杯', 'Longquan celadon cup', 80),
  ('pot-yixing', 5, '宜兴紫砂壶', 'Yixing clay teapot', 40),
  ('tray-bamboo', 6, '竹制茶盘', 'Bamboo tea tray', 60),
  ('cake-osmanthus', 7, '桂花糕礼盒', 'Osmanthus cake gift box', 150),
  ('scarf-silk', 8, '苏州真丝围巾', 'Suzhou silk scarf', 50),
  ('fan-paper', 9, '手绘折扇', 'Hand-painted folding fan', 90),
  ('seal-stone', 10, '青田石印章（最后一枚）', 'Qingtian stone seal (last piece)', 1)
on conflict do nothing;

insert into product_prices (product_id, currency, value)
select product_id, currency, value
from (values
  ('tea-longjing',   12800, 2800, 2500, 1700, 1400, 13900, 2700, 3000, 2400, 1800),
  ('tea-pu-erh',     26800, 5800, 5200, 3500, 3000, 29000, 5600, 6300, 5000, 3800),
  ('tea-jasmine',     3900,  900,  800,  600,  500,  4300,  900,  1000, 800,  600),
  ('cup-celadon',     8600, 1900, 1700, 1200, 1000,  9400, 1800, 2100, 1600, 1200),
  ('pot-yixing',     49900, 10700, 9700, 6500, 5500, 54000, 10500, 11700, 9300, 7000),
  ('tray-bamboo',    15800, 3400, 3100, 2100, 1800, 17100, 3300, 3700, 3000, 2200),
  ('cake-osmanthus',  6800, 1500, 1400,  900,  800,  7400, 1500, 1600, 1300, 1000),
  ('scarf-silk',     32800, 7100, 6400, 4300, 3600, 35500, 6900, 7700, 6100, 4600),
  ('fan-paper',       4500, 1000,  900,  600,  500,  4900, 1000,  1100, 900,  700),
  ('seal-stone',     19900, 4300, 3900, 2600, 2200, 21600, 4200, 4700, 3700, 2800)
) as prices (product_id, cny, aud, cad, eur, gbp, hkd, jpy, nzd, sgd, usd),
lateral (values
  ('CNY', cny), ('AUD', aud), ('CAD', cad), ('EUR', eur), ('GBP', gbp),
  ('HKD', hkd), ('JPY', jpy), ('NZD', nzd), ('SGD', sgd), ('USD', usd)
) as price (currency, value)
on conflict do nothing;
