/** A thing with its name in both languages; `m` and `f` are the Spanish genders. */
export interface Noun {
  en: string;
  ens: string;
  es: string;
  ess: string;
  gender: "m" | "f";
  shape: "round" | "tall" | "wide" | "animal" | "person" | "vehicle";
}

/** An adjective: English, then Spanish masculine, feminine and their plurals. */
export interface Adjective {
  en: string;
  m: string;
  f: string;
  ms: string;
  fs: string;
}

export interface Colour extends Adjective {
  fill: string;
}

export interface Phrase {
  en: string;
  es: string;
}

function noun(line: string): Noun {
  const [en = "", ens = "", es = "", ess = "", gender = "", shape = ""] = line
    .split(" ")
    .map((word) => word.replaceAll("_", " "));
  return { en, ens, es, ess, gender: gender as Noun["gender"], shape: shape as Noun["shape"] };
}

function adjective(line: string): Adjective {
  const [en = "", m = "", f = "", ms = "", fs = ""] = line.split(" ");
  return { en, m, f, ms, fs };
}

const lines = (text: string): string[] =>
  text
    .trim()
    .split("\n")
    .map((line) => line.trim());

export const animals = lines(`
  dog dogs perro perros m animal
  cat cats gato gatos m animal
  horse horses caballo caballos m animal
  bird birds pájaro pájaros m animal
  cow cows vaca vacas f animal
  sheep sheep oveja ovejas f animal
  duck ducks pato patos m animal
  rabbit rabbits conejo conejos m animal
  elephant elephants elefante elefantes m animal
  bear bears oso osos m animal
  fish fish pez peces m animal
  monkey monkeys mono monos m animal
  tiger tigers tigre tigres m animal
  mouse mice ratón ratones m animal
  butterfly butterflies mariposa mariposas f animal
`).map(noun);

export const people = lines(`
  man men hombre hombres m person
  woman women mujer mujeres f person
  boy boys niño niños m person
  girl girls niña niñas f person
  doctor doctors médico médicos m person
  teacher teachers profesora profesoras f person
  farmer farmers granjero granjeros m person
  soldier soldiers soldado soldados m person
  musician musicians músico músicos m person
  tourist tourists turista turistas m person
  grandmother grandmothers abuela abuelas f person
  cook cooks cocinero cocineros m person
`).map(noun);

export const vehicles = lines(`
  car cars coche coches m vehicle
  bus buses autobús autobuses m vehicle
  bicycle bicycles bicicleta bicicletas f vehicle
  boat boats barco barcos m vehicle
  train trains tren trenes m vehicle
  truck trucks camión camiones m vehicle
  motorcycle motorcycles motocicleta motocicletas f vehicle
  plane planes avión aviones m vehicle
  taxi taxis taxi taxis m vehicle
`).map(noun);

export const objects = lines(`
  ball balls pelota pelotas f round
  apple apples manzana manzanas f round
  orange oranges naranja naranjas f round
  clock clocks reloj relojes m round
  plate plates plato platos m round
  hat hats sombrero sombreros m wide
  book books libro libros m wide
  box boxes caja cajas f wide
  bag bags bolsa bolsas f wide
  bed beds cama camas f wide
  chair chairs silla sillas f tall
  bottle bottles botella botellas f tall
  cup cups taza tazas f tall
  lamp lamps lámpara lámparas f tall
  guitar guitars guitarra guitarras f tall
  flower flowers flor flores f tall
  umbrella umbrellas paraguas paraguas m tall
  tree trees árbol árboles m tall
  house houses casa casas f tall
  door doors puerta puertas f tall
  kite kites cometa cometas f wide
  shoe shoes zapato zapatos m wide
  cake cakes pastel pasteles m round
`).map(noun);

export const furniture = lines(`
  table tables mesa mesas f wide
  bench benches banco bancos m wide
  sofa sofas sofá sofás m wide
  shelf shelves estante estantes m wide
  wall walls muro muros m wide
  roof roofs tejado tejados m wide
  bridge bridges puente puentes m wide
`).map(noun);

export const colours: readonly Colour[] = lines(`
  red rojo roja rojos rojas #d33b32
  blue azul azul azules azules #2f6fd0
  green verde verde verdes verdes #3c9a4b
  yellow amarillo amarilla amarillos amarillas #f2c62e
  white blanco blanca blancos blancas #f4f4f0
  black negro negra negros negras #26262a
  brown marrón marrón marrones marrones #7d5333
  gray gris gris grises grises #8b8f96
  pink rosa rosa rosas rosas #ee9fb4
  purple morado morada morados moradas #7d4aa8
`).map((line) => ({ ...adjective(line), fill: line.split(" ")[5] ?? "#000000" }));

export const qualities = lines(`
  big grande grande grandes grandes
  small pequeño pequeña pequeños pequeñas
  old viejo vieja viejos viejas
  new nuevo nueva nuevos nuevas
  beautiful hermoso hermosa hermosos hermosas
  wet mojado mojada mojados mojadas
  broken roto rota rotos rotas
  clean limpio limpia limpios limpias
  dirty sucio sucia sucios sucias
`).map(adjective);

export const moods = lines(`
  young joven joven jóvenes jóvenes
  happy feliz feliz felices felices
  tired cansado cansada cansados cansadas
  tall alto alta altos altas
  elegant elegante elegante elegantes elegantes
  sad triste triste tristes tristes
`).map(adjective);

export const numbers = [
  { value: 2, en: "two", es: "dos" },
  { value: 3, en: "three", es: "tres" },
  { value: 4, en: "four", es: "cuatro" },
  { value: 5, en: "five", es: "cinco" },
  { value: 6, en: "six", es: "seis" },
  { value: 7, en: "seven", es: "siete" },
] as const;

export interface Place extends Phrase {
  sky: string;
  ground: string;
}

export const places: readonly Place[] = [
  { en: "on the beach", es: "en la playa", sky: "#8ecdf0", ground: "#ecd9a0" },
  { en: "in the park", es: "en el parque", sky: "#bfe3f5", ground: "#7dbb5d" },
  { en: "on the street", es: "en la calle", sky: "#c9d3dc", ground: "#77797d" },
  { en: "in a field", es: "en un campo", sky: "#a9d8f2", ground: "#a8c256" },
  { en: "in the kitchen", es: "en la cocina", sky: "#f3e7d3", ground: "#b98c5e" },
  { en: "in the garden", es: "en el jardín", sky: "#c8ecf2", ground: "#5fa553" },
  { en: "in the snow", es: "en la nieve", sky: "#d7e2ee", ground: "#fbfdff" },
  { en: "near the river", es: "cerca del río", sky: "#b6def0", ground: "#4d8fc0" },
  { en: "in front of the church", es: "delante de la iglesia", sky: "#cfdbe8", ground: "#b7a58c" },
  { en: "at the station", es: "en la estación", sky: "#d8d8dd", ground: "#66686f" },
  { en: "in the mountains", es: "en las montañas", sky: "#9cc9ee", ground: "#7c8b70" },
  { en: "in the desert", es: "en el desierto", sky: "#f0d9a8", ground: "#d9a95a" },
  { en: "under a tree", es: "debajo de un árbol", sky: "#bfe0c6", ground: "#5c8f48" },
  { en: "at the market", es: "en el mercado", sky: "#f1dfc0", ground: "#a7794d" },
  { en: "by the sea", es: "junto al mar", sky: "#a4dcf5", ground: "#2f7fb8" },
  { en: "in the forest", es: "en el bosque", sky: "#9fc7a2", ground: "#3b6b3c" },
  { en: "at school", es: "en la escuela", sky: "#f6efdc", ground: "#c9a36c" },
  { en: "in the living room", es: "en la sala", sky: "#ecdccb", ground: "#8f6a48" },
];

export const times: readonly Phrase[] = [
  { en: "at night", es: "por la noche" },
  { en: "in the morning", es: "por la mañana" },
  { en: "on a sunny day", es: "en un día soleado" },
  { en: "on a rainy day", es: "en un día lluvioso" },
  { en: "in winter", es: "en invierno" },
  { en: "in summer", es: "en verano" },
  { en: "at sunset", es: "al atardecer" },
];

export const personActions: readonly Phrase[] = [
  { en: "reading a book", es: "leyendo un libro" },
  { en: "riding a horse", es: "montando a caballo" },
  { en: "eating an apple", es: "comiendo una manzana" },
  { en: "playing the guitar", es: "tocando la guitarra" },
  { en: "walking", es: "caminando" },
  { en: "running", es: "corriendo" },
  { en: "sleeping", es: "durmiendo" },
  { en: "drinking water", es: "bebiendo agua" },
  { en: "looking at the sea", es: "mirando el mar" },
  { en: "taking a picture", es: "tomando una foto" },
  { en: "dancing", es: "bailando" },
  { en: "cooking", es: "cocinando" },
  { en: "playing football", es: "jugando al fútbol" },
  { en: "writing a letter", es: "escribiendo una carta" },
  { en: "singing", es: "cantando" },
  { en: "buying bread", es: "comprando pan" },
];

export const animalActions: readonly Phrase[] = [
  { en: "running", es: "corriendo" },
  { en: "sleeping", es: "durmiendo" },
  { en: "jumping", es: "saltando" },
  { en: "eating", es: "comiendo" },
  { en: "playing", es: "jugando" },
  { en: "drinking water", es: "bebiendo agua" },
  { en: "looking at the camera", es: "mirando a la cámara" },
  { en: "swimming", es: "nadando" },
];
